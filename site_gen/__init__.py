"""The site generator: site/ → a folder of finished files.

`pipeline.build_site` is the whole interface; `edition.Edition` holds what the deployment determines, such as the
address.
"""
