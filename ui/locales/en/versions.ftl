# The versions of a bot.

versions = Versions
versions-back = Back to all versions
versions-none = Nothing is published yet
versions-none-words = Each publication becomes a version that you can look at and return to.
versions-draft = The draft
version-name = Version { $number }
version-answering = answers
version-running = { $count ->
    [one] { $count } conversation
   *[other] { $count } conversations
}
version-about = { $name } · { $time }
version-compare = Compare
version-return = Return to this version
version-return-to = Return to version { $version }
version-return-lead = { $count ->
    [0] New conversations begin with it. The draft stays as it is.
    [one] New conversations begin with it. { $count } conversation of another version is under way. The draft stays as it is.
   *[other] New conversations begin with it. { $count } conversations of other versions are under way. The draft stays as it is.
}
version-return-do = Return
version-returned = Version { $version } answers again

compare-with = Compare with
compare-same = There is no difference.
compare-found = Differences
compare-added = added
compare-removed = removed
compare-changed = changed
compare-group = Group “{ $name }”
compare-line = Line from { $name }
compare-leads = Leads to
compare-order = Order
compare-moved = { $count ->
    [one] { $count } thing stands elsewhere on the canvas.
   *[other] { $count } things stand elsewhere on the canvas.
}
value-yes = yes
value-no = no
value-empty = (empty)

moving = People in the middle of a conversation
moving-finish = Finish on their version
moving-finish-about = Nothing changes for them; the next conversation begins with this version.
moving-move = Move to this version
moving-move-about = At the next safe point: a block that waits in both versions. What they have answered stays known.
version-take = Take into the draft
version-taken = The draft is version { $version } now
version-returned-by = Answers again: { $name }, { $time }
version-returned-moving = Answers again, and whoever was in the middle moves to it: { $name }, { $time }
