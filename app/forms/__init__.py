"""Forms as data: the XLSForm engine moves in here (design.md, Forms). Until then assessments are written in code."""
