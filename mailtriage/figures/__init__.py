"""The school's figures: how much mail came in, of what kind, when, and how long questions waited. Pure: from rows of
the store and schedules to numbers, text and a page; ``discretion`` sees to it that nobody is singled out."""
