"""Hospital bills: types, revenue codes, stays, and the inpatient and outpatient editors."""
