"""The demo: real tasks, real pipelines, real answers, loaded through the same services that people use."""
