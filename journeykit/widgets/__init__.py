"""Views of journeykit's values in the browser: each a widget with a headless twin and a static form."""
