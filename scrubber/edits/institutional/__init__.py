"""Edits of institutional bills: type of bill, admission, revenue codes and the code editors."""
