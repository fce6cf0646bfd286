"""What questions do by themselves: pings for helpers, reminders, the weekly digest."""
