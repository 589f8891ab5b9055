"""Files of other formats than plain text: their words, read in a process with limits of its own."""
