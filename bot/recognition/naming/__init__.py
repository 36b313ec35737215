"""Say whose face it is: networks, what was taught, and the unknown."""
