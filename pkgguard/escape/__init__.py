"""One escape for each format that text from outside is written into.

Each function takes any text and returns it so that the format's own reader
takes all of it for text: nothing in it is run or expanded, and it adds no line.
"""
