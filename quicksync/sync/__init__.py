"""The engine: from a touched mapping to a settled operation. Planning decides, the drivers send;
this joins the two.
"""
