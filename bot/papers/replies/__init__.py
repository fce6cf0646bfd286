"""What commands, buttons and forms about papers and meetings answer, in words."""
