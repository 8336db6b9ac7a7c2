"""The edits: one defect, one function, one file; a family of edits, one folder."""
