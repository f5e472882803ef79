"""site/ → a folder of finished files: `pipeline.build_site` is the whole interface, `edition.Edition` what the
deployment says of the publication."""
