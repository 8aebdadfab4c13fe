"""What goes onto paper and comes from it: PDF, Excel and Word, each behind one door, and the faces they are set in."""
