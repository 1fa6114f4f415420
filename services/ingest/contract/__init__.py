"""What every source has in common: the port it is read through, the checks of its rows, the words of findings. Pure."""
