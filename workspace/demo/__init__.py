"""The demo company: 湖畔科技 Lakeside Tech builds Lakeside 2.0, and Northwind beside it sees nothing of that.

people.py says who they are, scripts/ what they said, days.py when; staging.py plays it all through the actions that everybody uses.
"""
