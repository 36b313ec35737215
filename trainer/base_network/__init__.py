"""Train the base network: it knows a roster of characters, and tells apart those that it has never met."""
