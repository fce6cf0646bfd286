"""What commands, buttons and forms about questions do, on any platform."""
