# Trying a request, files of blocks, links of triggers.

trial = Try the request
trial-hint = The request is really made, with its secrets: what the service does with it, it does.
trial-values = In place of the customer’s values
trial-send = Send a test request
trial-failed = No answer came: { $why }
trial-status = Status { $status }
trial-well = The service answered.
trial-elsewhere = The service points elsewhere; requests do not follow.
trial-not-well = The bot takes its way for what failed.
trial-pick = Choose a value to keep it in a variable.
trial-no-body = The answer has no body. Choose a header to keep it in a variable.
trial-body = Answer
trial-keep = Keep { $path } in a variable
trial-kept = { $path } is kept in { $name }
trial-more = { $count } more values are not shown

file-choose = Choose a file
file-other = Another file
file-remove = Remove the file
file-takes = Or drop it here. { $allowed }, at most { $limit }
file-takes-sticker = Or drop it here. WebP, at most { $still }, { $moving } if it moves
file-or-address = Or its address on the web
file-sending = Sending { $name }
file-other-kind = “{ $name }” is none that WhatsApp takes here. Allowed: { $allowed }.
file-too-large = “{ $name }” has { $size }. At most { $limit } are allowed.
file-not-stored = “{ $name }” could not be stored.
file-gone = The file is not here: the bot comes from elsewhere. Choose it again.

ahead = What comes before it
ahead-none = No other trigger of a bot that answers comes before this one.
ahead-own = This bot
start-link = Link and QR code
start-link-no-word = Write a word, and its link stands here.
start-link-no-number = Connect a WhatsApp number, and the link stands here.
start-link-number = Number
start-link-picture = QR code of { $link }
start-link-copy = Copy the link
start-link-save = Download SVG
link-copied = The link is copied
