"""What several bots need and the core does not: the limits of platforms, and Markdown for those that know little."""
