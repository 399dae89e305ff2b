"""Vendors: who they are, what they can prove, and whether a list forbids them."""
