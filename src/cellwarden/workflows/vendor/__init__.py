"""Vendors: asked, graded, compared, screened, signed, asked again."""
