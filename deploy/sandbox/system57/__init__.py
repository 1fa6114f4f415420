"""System 57: tasks that live over months, KPI entries, and what the system states it holds for each body."""
