"""The pages of the registry: lists, forms, the editor of a flow's steps, import and export."""
