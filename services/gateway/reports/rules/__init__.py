"""The rules reports are checked by: a catalogue as data, and its judging. Pure."""
