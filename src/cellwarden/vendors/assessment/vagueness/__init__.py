"""Vague answers: rules that can be read, the words they object to, and follow-ups that close."""
