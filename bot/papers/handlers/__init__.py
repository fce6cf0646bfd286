"""What commands, buttons and forms about papers and meetings do, on any platform."""
