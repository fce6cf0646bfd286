"""What channels show of papers and meetings."""
