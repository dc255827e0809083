"""Personal alarms in windows: applications and loans, the devices, the room of an alarm, the dispatcher's list."""
