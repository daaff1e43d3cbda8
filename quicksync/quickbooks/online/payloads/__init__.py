"""The values and the text that JSON is made of."""
