"""The decision: here, there and agreed compared yield steps and reasons. Pure: no database, no
wire, no clock.
"""
