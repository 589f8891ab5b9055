## The web chat
# The language of these texts and the direction of its script ("ltr" or "rtl").
web-lang = en
web-dir = ltr

web-app = Parley
web-guest = Guest
web-new = New conversation
web-conversations = Conversations
web-conversations-none = Your conversations will be listed here.
web-menu = Show conversations
web-menu-close = Close
web-theme = Light or dark
web-skip = Skip to the message box
web-transcript = Messages
web-latest = Jump to the newest message
web-welcome = What would you like to talk about?
web-welcome-hint = Write a message below, or type / for commands.

web-by-prompter = You
web-by-assistant = Parley
web-by-notice = Notice
web-by-command = Command
web-thinking = Parley is thinking
web-writing = Parley is writing an answer.
web-said = Parley: { $text }

web-message = Message
web-message-placeholder = Write a message…
web-send = Send
web-send-hint = Enter sends, Shift + Enter begins a new line.
web-reply = Reply to this answer
web-replying = Replying to
web-edit = Edit this message
web-editing = Editing your message
web-mode-leave = Leave it
web-commands = Commands

web-copy = Copy
web-copy-answer = Copy this answer
web-copied = Copied
web-copy-failed = The browser did not allow copying
web-show-all = Show all
web-show-less = Show less
web-versions = Versions
web-version-before = Earlier version
web-version-after = Later version
web-version-of = Version { $branch } of { $branches }
web-fetched = already fetched
web-file-once = A file can be fetched once.

web-close = Close
web-form-required = required
web-form-choose = Choose…

web-shortcuts = Keyboard shortcuts
web-shortcuts-on = Single keys work as shortcuts
web-key-send = Send the message
web-key-line = Begin a new line
web-key-commands = Write a command
web-key-edit = Edit your last message (in an empty message box)
web-key-new = New conversation
web-key-leave = Leave a menu, a reply or an edit
web-key-list = Show this list

web-offline = The connection is lost. Trying again…
web-unsent = The message could not be sent. It is still in the message box.
web-reload = An answer is being written. This page loads itself again every few seconds.
web-again = Opening your conversation…
web-again-link = Go on

web-error = That did not work
web-error-back = Back to the conversation
web-error-form = The page that sent this is outdated. Load it again.
web-error-cookie = Your browser keeps no cookie for this page, so your conversations cannot be told from those of others. Allow cookies here and load the page again.
web-error-not-yours = That conversation belongs to somebody else.
web-error-missing = There is nothing at this address. A file can be fetched once, and waits for a quarter of an hour.
web-error-large = That is too large: 2 MB is the most that can be sent at once.
web-error-busy = Too many pages are open at once. Close some and try again.
web-error-store = It could not be saved, so it was not sent. Please try again in a moment.
web-error-internal = Something went wrong on our side. Please try again.
