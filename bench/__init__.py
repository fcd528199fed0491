"""How fast is it? Ratios within one run; nothing here is a test, and nothing in production imports it."""
