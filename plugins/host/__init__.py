"""The plugin host: it finds plugins, gives each what its manifest allows, and runs what people and models call."""
