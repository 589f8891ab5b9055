# 人们在聊天中读到的文字。顺序与 en.ftl 相同。

## Answers
answer-stopped = 已停止。
answer-unseen = 我的回答可能没有送达：发送时连接中断了。
answer-blocked = 这个服务器的规则（AutoMod）拦下了我的回答。
answer-interrupted = 回答中断了。点“重试”可以得到新的回答。
answer-gone = 那个回答已经不在了。
answer-complete = 那个回答已经完整，没有可以继续的内容。
answer-not-yours = 只有提问的人和版主可以这样做。
queue-position = { $position ->
    [one] 下一个就是你。
   *[other] 队伍里有 { $position } 个人在你前面或和你一起等候。
}
message-empty = 我在那条消息里没有看到文字。给我写点什么吧。
message-too-long = 那条消息有 { $characters } 个字符，我最多能读 { $limit } 个。请分成几段发送。
question-edited = 问题已被修改。
channel-mute = 我不能在那个频道里发言。请让社区的管理员允许我。
channel-not-here = 我不在这个频道里说话。
community-not-you = 在这里我只回答部分成员。请联系社区的管理员。
ratings-off = 这里关闭了评价功能。
ratings-not-you = 这里只有部分成员可以评价。请联系社区的管理员。
write-privately = 我还不能私下给你写消息。请打开和我的聊天，点“开始”，然后再试一次。
write-privately-as-yourself = 你在这里以群组或频道的名义发言，而我无法私下给它发消息。请用你自己的账号在私聊中写给我。
form-late = 等得太久，表单没能打开。请再试一次。
attachments-unread = 我无法读取 { $names }。我可以读 1 MB 以内的文本文件和代码。
answer-not-mine = 那条消息不是我的回答。
edit-not-yours = 只能修改自己的消息。
conversation-not-yours = 那段对话属于别人。
internal-error = 我这边出了问题，已经记录下来。请再试一次。

## Limits
quota-person = 你在 { $window } 分钟内已经得到 { $limit ->
    [one] 1 个回答
   *[other] { $limit } 个回答
}。大约 { $minutes ->
    [one] 1 分钟
   *[other] { $minutes } 分钟
}后可以再问。
quota-community = 这个社区在 { $window } 分钟内已经得到 { $limit ->
    [one] 1 个回答
   *[other] { $limit } 个回答
}。大约 { $minutes ->
    [one] 1 分钟
   *[other] { $minutes } 分钟
}后可以再问。
queue-full = 现在等候的人太多了。请过一分钟再试。

## The model
model-unavailable = 模型暂时没有响应。请过一分钟再试。
model-timeout = 模型用的时间太长了。点“重试”再试一次。
model-missing = 这里没有安装模型。运行这台服务器的人可以用“parley models pull”安装一个。
prompt-too-long = 那条消息有 { $tokens } 个词元，我一次能读 { $window } 个。请把它缩短。
small-model = 我在这里用的是一个很小的模型，经常出错。运行这台服务器的人可以安装更好的：“parley models list”。

## Buttons
button-again = 回答修改后的问题
button-stop = 停止
button-up = 回答得好
button-down = 回答得不好
button-why = 说明理由
button-retry = 重试
button-show = 显示回答
button-continue = 继续
button-delete = 删除
button-agree = 我同意
button-withdraw = 我不再同意
button-forget = 全部删除
button-keep = 保留
button-outdated = 那个按钮已经失效。请使用最新的消息。

## Commands
command-help = 显示可以做什么
command-start = 显示可以先试什么
command-start-about = 直接打开的内容
command-new = 开始新的对话
command-conversations = 列出你的对话，或给当前对话改标题、隐藏、删除
command-conversations-what = title、hide、show 或 delete
command-conversations-text = 新标题
command-retry = 重新回答我的上一个问题
command-continue = 继续上一个回答
command-stop = 停止正在写的回答
command-model = 查看或选择模型
command-model-name = 模型，或“default”
command-model-scope = 这个选择对谁有效
command-persona = 查看或选择助手的角色
command-persona-name = 角色，或“default”
command-persona-scope = 这个选择对谁有效
command-preset = 查看或选择模型的用词方式
command-preset-name = 预设，或“default”
command-preset-scope = 这个选择对谁有效
command-profile = 把你的选择保存为一个名称，或重新启用
command-profile-what = save、use 或 delete
command-profile-name = 配置的名称
command-instructions = 告诉助手你是谁、希望它怎样回答
command-instructions-field = 哪一条指示，或用“clear”清除两条
command-instructions-text = 指示的内容
command-rate = 评价上一个回答，也可以写明理由
command-rate-thumb = up、down 或 off
command-rate-reason = 标签和你自己的话
command-report = 向社区的管理员举报一个回答
command-report-reason = 有什么问题
command-label = 说明上一个回答属于什么
command-label-labels = 标签名称，用逗号分隔
command-settings = 查看或修改助手在这个社区的工作方式
command-settings-name = 要设置什么
command-settings-value = 新的值，或“default”
command-link = 关联你在两个平台上的账号
command-link-code = 另一个平台给的代码；不写就得到一个
command-privacy = 保存了什么，以及你同意了什么
command-private = 把这个对话排除在训练之外
command-private-choice = on，或用“off”取消
command-mydata = 取得保存的关于你的一切
command-forgetme = 删除保存的关于你的一切
command-stats = 这个社区和你的数字
command-unknown = 没有“/{ $command }”这个命令。请看 /help。
command-unknown-near = 没有“/{ $command }”这个命令。你是想用 /{ $near } 吗？
command-admin-only = 只有这个社区的管理员可以使用 /{ $command }：即管理服务器、群组或工作区的人，或在网页上打开过“parley web admin”链接的人。
command-moderator-only = 只有这个社区的版主和管理员可以使用 /{ $command }。管理员用“/settings moderators”指定版主。
command-usage = 用法：`{ $usage }`
command-bad-value = { $option } 不能是“{ $value }”。可以是：{ $allowed }
command-stray = 没有“{ $option }”这个选项。用法：`{ $usage }`

# What the commands are called where a platform translates their names: lower case, no spaces.
name-help = 帮助
name-start = 开始
name-new = 新对话
name-conversations = 对话
name-retry = 重试
name-continue = 继续
name-stop = 停止
name-model = 模型
name-persona = 角色
name-preset = 预设
name-profile = 配置
name-instructions = 指示
name-rate = 评价
name-report = 举报
name-label = 标注
name-settings = 设置
name-link = 关联
name-privacy = 隐私
name-private = 不公开
name-mydata = 我的数据
name-forgetme = 忘记我
name-stats = 统计

# The same commands in the menu of a message.
menu-rate = 评价
menu-report = 举报
menu-label = 标注

help-intro = 用 👍 或 👎 评价我的回答，也可以使用这些命令：
help-talk-here = 给我写一条消息，我就会回答。
help-talk-mention = 在这里的消息中提及我，或者回复我的某条回答，我就会回答。
help-talk-elsewhere = 我不在这个频道回答消息，但命令在这里也能用。
help-group-talk = 对话并引导回答
help-group-rate = 评价回答
help-group-tasks = 为开放训练集做任务
help-group-plugins = 工具和插件
help-group-settings = 你的设置
help-group-data = 你的数据和隐私
help-group-community = 这个社区
# The first words that somebody hears from us, and who adds us to a community.
welcome = 你好！我可以回答问题、撰写和修改文字，还会使用计算器、百科全书等工具。试试下面的某一项，或者直接给我写消息。
welcome-added = 感谢你把我加入 { $name }。
welcome-admin =
    作为管理员，请在社区里先做这些：
    - `/settings` 决定我在哪里、用什么语言回答，以及谁可以使用我。
    - `/settings moderators` 指定处理举报的人。
    - `/plugin` 显示各种工具，并可逐个开启或关闭。
    - `/settings tasks off` 关闭开放训练集的任务。
    - `/privacy` 向成员说明存储了什么。
door-tasks = 任务
door-help = 全部命令
door-privacy = 你的数据
new-begun = 新的对话从这里开始。之前的内容会保留，但我不再读它。
stop-nothing = 现在没有正在写的回答。
stats =
    这个社区：对话 { $conversations }，回答 { $answers }，👍 { $up }，👎 { $down }。
    你：请求的回答 { $mine }，评价过的 { $ratings }。

## Choices
choice-list = 当前的设置（{ $what }）：“{ $current }”。可以选：{ $values }
choice-made = 已设置（{ $what }）：“{ $value }”，适用于{ $where }。
choice-admin-only = 只有管理员可以替别人选择。不写范围就是为你自己选择。
scope-me = 你
scope-channel = 这段对话
scope-community = 这个社区
instructions-title = 自定义指示
instructions-about = 助手应该知道你的哪些情况？
instructions-style = 它应该怎样回答你？
instructions-send = 保存
instructions-kept = 已保存。之后的回答会考虑这些。
instructions-cleared = 你的指示已删除。
instructions-none = （还没有）
instructions-show =
    关于你：{ $about }
    怎样回答：{ $style }
    用“/instructions about …”或“/instructions style …”来修改。

## Ratings
rate-up = 已记录：👍
rate-down = 已记录：👎
rate-off = 你的评价已撤回。
rate-first = 请先点赞或点踩。
rate-nothing = 还没有可以评价的回答。
rate-thanks = 谢谢，你的理由已和评价一起保存。
rate-why-title = 为什么这样评价？
rate-why-labels = 哪些符合
rate-why-comment = 用你自己的话
rate-why-send = 发送
rate-why-command = 使用“/rate up”或“/rate down”并写上理由。可以先写这些标签，用逗号分隔：{ $labels }
rate-title = 评价这个回答
rate-thumb = 你觉得怎么样？
thumb-up = 👍 好
thumb-down = 👎 不好
thumb-off = 不评价

report-title = 举报这个回答
report-labels = 有什么问题
report-send = 举报
report-thanks = 谢谢。社区的管理员会查看。
report-no-reason = 没有写理由
label-title = 标注这个回答
label-which = 它属于什么
label-thanks = 谢谢，你的标注已保存。
label-taken-back = 你的标注已撤回。
label-names = 请至少写一个标签：{ $labels }
label-gone = 那条消息已经不在了。
label-own = 那条消息是你自己写的，只能由别人来评判。
label-terms = 那条消息属于一个开放数据集，你的标签会以化名在其中公布：请查看 /privacy，在那里同意条款，然后再试一次。
free-title = 给这条消息加标签
free-labels = 标签…
free-off = 撤回标签
free-counted = 你已在任务中说明它是不是垃圾信息、语言对不对；这一点保持不变。

label-spam = 垃圾信息或破坏
label-fails_task = 没有完成要求
label-lang_mismatch = 语言不对
label-pii = 含有个人信息
label-not_appropriate = 不合适
label-hate_speech = 仇恨言论
label-sexual_content = 色情内容
label-moral_judgement = 道德评判
label-political_content = 政治内容
label-quality = 质量高
label-helpfulness = 有帮助
label-creativity = 有创意
label-humor = 幽默
label-toxicity = 粗鲁
label-violence = 暴力

label-spam-help = 为捣乱、破坏、打广告或违法而写。写得差但出于真心的内容除外。
label-fails_task-help = 回答有误、答非所问，或忽略了所提的要求。
label-lang_mismatch-help = 大部分内容用的是本任务语言以外的语言。
label-pii-help = 透露了某个普通人的住址、电话、邮箱、证件或银行信息。
label-not_appropriate-help = 不适合面向客户的助手，或是提问缺少明确的要求。
label-hate_speech-help = 因出身、宗教、性别、残障或类似特征而侮辱或威胁他人。
label-sexual_content-help = 描写或暗示性行为或裸体。
label-moral_judgement-help = 评判什么在道德上对或错，或谁是好人、坏人。
label-political_content-help = 表达政治观点，例如对政党、政治人物或法律的看法。
label-quality-help = 以指南为准：先看真实和有用，再看清楚和形式。
label-helpfulness-help = 对提问的人有多大帮助。
label-creativity-help = 想法或表达有多新颖。
label-humor-help = 想要表现得有多幽默。
label-toxicity-help = 语气有多粗鲁、侮辱人或带敌意。
label-violence-help = 展示、赞美或鼓动了多少暴力。

# The two ends of a scale of five points: 1 and 5.
label-quality-low = 很差
label-quality-high = 极好
label-helpfulness-low = 无用
label-helpfulness-high = 很有帮助
label-creativity-low = 平常
label-creativity-high = 有创意
label-humor-low = 严肃
label-humor-high = 幽默
label-toxicity-low = 礼貌
label-toxicity-high = 粗鲁
label-violence-low = 无害
label-violence-high = 暴力

## Settings of a community
settings-title = 我在这个社区的工作方式
settings-where = 在哪里
settings-how = 怎样
settings-who = 为谁
settings-save = 保存
settings-default = 默认
settings-everyone = 所有人
settings-admins = 仅管理员
settings-on = 开
settings-off = 关
settings-ratings-on = 打开评价
settings-ratings-off = 关闭评价
settings-quotas = 配额
settings-quotas-command = 使用“/settings answers 20”和“/settings community_answers 200”。
settings-command = 用“/settings 名称 值”修改，用“/settings 名称 default”恢复。
settings-number = “{ $name }”不能是“{ $value }”：请写一个不超过 999999 的整数，0 表示没有限制。
settings-one = { $name }：{ $value }
settings-changed = { $name }现在是：{ $value }
named-unknown-channel = 在这个社区里找不到频道“{ $value }”，所以没有任何改动。可以用提及、名称、ID、频道或其中消息的链接来指定，或用“here”表示当前频道。
named-unknown-role = 在这个社区里找不到身份组或用户组“{ $value }”，所以没有任何改动。可以用提及、名称或 ID 来指定，或用“default”表示所有人。
named-unknown-person = 在这个社区里找不到成员“{ $value }”，所以没有任何改动。请用 ID 指定成员（每个人用“/mydata”都能看到自己的 ID），或用“default”表示仅限管理员。
named-no-channel = 这里没有可选的频道，所以没有任何改动。
named-no-role = 这里没有可选的身份组或用户组，所以没有任何改动。
named-no-person = 这里没有其他人可选，所以没有任何改动。
named-several = 有好几个都叫“{ $value }”，所以没有任何改动。请提及你要的那一个。
named-mute = 我不能在 { $value } 里发言，所以没有任何改动。请邀请我或允许我在那里发言，然后再试一次。
settings-most = { $most ->
   *[other] “{ $name }”最多只能有 { $most } 个，所以没有任何改动。
}
log-lost = ⚠️ 我已经不能在接收举报和改动的频道（{ $channel }）里发言了。举报仍会保存，但不会在那里通知。请重新允许我在那里发言，或用“/settings log_channel”另选一个频道。
setting-channels = 我回答的频道
setting-always = 不用叫我也回答的频道
setting-log-channel = 接收举报和改动的频道
setting-model = 模型
setting-persona = 角色
setting-language = 语言
setting-users = 谁可以使用我
setting-raters = 谁可以评价
setting-moderators = 谁可以管理举报
setting-ratings = 评价
setting-answers = 期限内每人的回答数
setting-community-answers = 期限内所有人的回答数
log-setting = ⚙️ { $who } 修改了“{ $name }”：{ $value }
log-refused = 🚫 我没能在 { $where } 回答：平台拒绝了（{ $code }）。请检查我在那里的权限和过滤规则。
log-report =
    🚩 { $who } 举报了一个回答（{ $why }）{ $link }
    > { $quote }

## Privacy
privacy-stored = 我把你的消息、我的回答和你的评价保存在运行这台服务器的人的机器上，这样对话才能继续。只有你同意以下条款，它们才会成为开放训练集的一部分：
privacy-agreed = 你同意这些条款的 { $version } 版。你随时可以改变主意。
privacy-outdated = 你同意的是这些条款的旧版本；除非你同意 { $version } 版，否则不会导出你的任何内容。
privacy-not-agreed = 你还没有同意这些条款的 { $version } 版，所以不会导出你的任何内容。
privacy-commands = /mydata 给你保存的关于你的一切；/forgetme 把它删除。
privacy-private = 你用 /private 排除在训练之外的对话：{ $number } 个。
privacy-private-here = 你用 /private 排除在训练之外的对话：{ $number } 个。这个对话就在其中；用“/private off”可以取消。
private-on = 这个对话不会用于训练：其中说过或评价过的内容，无论之前还是之后，都不会被导出，也不会用于任务。
private-on-shared = 你在这个对话中说的话、做的评价以及得到的回答都不会用于训练：不会被导出，也不会用于任务。其他人在这里说的话由他们自己决定。
private-off = 这个对话重新与其他对话一样处理：适用的规则见 /privacy。
button-private-on = 排除在训练之外
button-private-off = 取消
privacy-thanks = 谢谢。你同意了条款的 { $version } 版。
privacy-withdrawn = 完成。从现在起不会导出你的任何内容。
mydata = 这里是保存的关于你的一切。
forgetme-confirm = 这会删除你的对话、评价和设置。你在别人中间说过的话会留下位置，但没有你的名字和内容。这无法撤销。
forgetme-done = 完成。已删除：消息 { $messages }，评价 { $ratings }。
forgetme-kept = 什么都没有删除。
conversations-yours = 你在这里的对话，最近的在前：
conversations-none = 你在这里还没有自己的对话。
conversations-privately = 在这里别人会看到你的标题。请私下给我写 /conversations。
profile-yours = 你的配置：
profile-none = 你还没有配置。“/profile save 工作”会以这个名称保存你的模型、角色、预设和说明。
profile-choose = 启用一个配置
profile-saved = 已保存为“{ $name }”。
profile-used = 从现在起使用配置“{ $name }”。
profile-deleted = 配置“{ $name }”已删除。
profile-unknown = 你没有名为“{ $name }”的配置。/profile 会列出你的配置。
profile-too-many = 最多可以有 { $most } 个配置：请用 /profile delete 删除一个。
profile-name-long = 名称最多 { $most } 个字符。
conversations-choose = 选择一个对话
conversation-untitled = 无标题
conversation-is-hidden = 已隐藏
conversation-is-private = 不用于训练
conversation-title = 标题
conversation-title-how = 把标题写在命令后面：/conversations title 我的花园
conversation-title-empty = 标题不能为空。
conversation-titled = 标题已更改。
conversation-hidden = 它不再出现在列表中。它仍然存在，用 /conversations 可以找到。
conversation-shown = 它又出现在列表中了。
conversation-delete = 这会删除整个对话：消息、回答和评价。此操作无法撤销。
conversation-delete-shared = 这会删除你在这个对话中的消息、对它们的回答以及你的评价，原处留下空消息。此操作无法撤销。
conversation-deleted = 完成。已删除消息：{ $messages }。
conversation-not-own = 那个对话不只属于你。
button-conversation-title = 更改标题
button-conversation-hide = 隐藏
button-conversation-show = 显示
button-conversation-delete = 删除…
button-conversation-yes = 是的，删除
button-conversation-keep = 不，保留
link-privately = 在这里别人会看到代码。请私下给我写 /link。
link-code =
    请在十分钟内，在另一个平台上和我的私聊里写：

    `/link { $code }`

    它只能用一次。不要告诉任何人。
link-wrong = 代码不对、已经用过或过期了。请在另一个平台上写 /link 得到新的代码。
link-done = 你的账号已关联：评价、设置和隐私命令现在是一体的。你同意的内容见 /privacy。

## The web chat
# The language of these texts and the direction of its script ("ltr" or "rtl").
web-lang = zh-CN
web-dir = ltr

web-app = Parley
web-guest = 访客
web-new = 新的对话
web-conversation-more = 标题、隐藏、删除
web-conversations = 对话
web-conversations-none = 你的对话会列在这里。
web-menu = 显示对话
web-menu-close = 关闭
web-theme = 浅色或深色
web-skip = 跳到消息框
web-transcript = 消息
web-latest = 跳到最新的消息
web-welcome = 你想聊些什么？
web-welcome-hint = 在下面写一条消息，或输入 / 查看命令。

web-by-prompter = 你
web-by-assistant = Parley
web-by-notice = 提示
web-by-command = 命令
web-thinking = Parley 正在思考
web-writing = Parley 正在写回答。
web-said = Parley：{ $text }

web-message = 消息
web-message-placeholder = 写一条消息…
web-send = 发送
web-send-hint = 回车发送，Shift + 回车换行。
web-reply = 回复这个回答
web-replying = 回复
web-edit = 修改这条消息
web-editing = 正在修改你的消息
web-mode-leave = 放弃
web-commands = 命令

web-copy = 复制
web-copy-answer = 复制这个回答
web-copied = 已复制
web-copy-failed = 浏览器不允许复制
web-show-all = 显示全部
web-show-less = 收起
web-versions = 版本
web-version-before = 较早的版本
web-version-after = 较晚的版本
web-version-of = 第 { $branch } 版，共 { $branches } 版
web-fetched = 已下载
web-file-once = 一个文件只能下载一次。

web-close = 关闭
web-form-required = 必填
web-form-choose = 请选择…

web-shortcuts = 键盘快捷键
web-shortcuts-on = 单个按键作为快捷键
web-key-send = 发送消息
web-key-line = 换行
web-key-commands = 写一个命令
web-key-edit = 修改你的上一条消息（消息框为空时）
web-key-new = 新的对话
web-key-leave = 离开菜单、回复或修改
web-key-press = 按下最新卡片上的按钮
web-key-submit = 提交表单
web-key-list = 显示这个列表

web-offline = 连接断开了。正在重试…
web-unsent = 消息没能发送，还留在消息框里。
web-reload = 正在写回答。这个页面每隔几秒会自动刷新。
web-again = 正在打开你的对话…
web-again-link = 继续

web-admin = 本页面的管理员
web-admin-link = 链接，或链接中 # 后面的部分
web-admin-open = 让这个浏览器成为管理员
web-admin-already = 这个浏览器是本页面的管理员。
web-admin-unknown = 这里不认识这个链接。请在运行 Parley 的机器上执行“parley web admin”，它会显示一个可用的链接。
web-admin-used = 这个链接已经用过，而它只能用一次。请在运行 Parley 的机器上执行“parley web admin”获取新的链接。
web-admin-expired = 这个链接已经过期，它的有效期为一小时。请在运行 Parley 的机器上执行“parley web admin”获取新的链接。

web-error = 没有成功
web-error-back = 回到对话
web-error-form = 发出请求的页面已经过期。请重新加载。
web-error-cookie = 你的浏览器没有为这个页面保存 Cookie，所以无法把你的对话和别人的区分开。请在这里允许 Cookie，然后重新加载页面。
web-error-cookies = 你的浏览器为此页面发送了两个 Cookie，其中一个可能来自他人。请删除此地址的 Cookie，然后重新加载页面。
web-error-not-yours = 那段对话属于别人。
web-error-missing = 这个地址没有内容。一个文件只能下载一次，保留一刻钟。
web-error-large = 太大了：一次最多能发送 2 MB。
web-error-busy = 同时打开的页面太多了。请关掉一些再试。
web-error-often = 你或你所在的网络一次发送得太多了。请稍等片刻再试。
web-error-store = 没能保存，所以没有发送。请稍后再试。
web-error-internal = 我们这边出了问题。请再试一次。

# Slack: what it shows while we are at work, and what the assistant's pane suggests.
thinking = 正在思考……
suggestion-1 = 解释一件事
suggestion-1-asks = 用三句话说明什么是黑洞。
suggestion-2 = 写一段文字
suggestion-2-asks = 写一份友好的邀请，请大家周五一起吃午饭。
suggestion-3 = 找出错误
suggestion-3-asks = 我有一个公式，算出的结果不对。请向我要这个公式，并帮我找出错误。

# Plugins
command-plugin = 插件：列出、搜索、安装、更新、开启、关闭、设置
command-plugin-action = 要做什么
command-plugin-name = 插件
command-plugin-setting = 一项设置及其值
command-connect = 连接你自己在各服务上的账号
command-connect-name = 插件；不写就看已连接了什么
command-connect-code = 登录后页面上的代码；不写就得到链接
plugin-off = { $name } 在此处已停用。管理员可以启用：/plugin enable { $name }
plugin-slow = { $name } 用时太长。请稍后再试。
plugin-says = { $name }：{ $words }
plugin-wants-owner = { $name } 需要本机所有者的密钥，但它是从聊天中安装的。所有者须先在终端中安装它。
plugin-failed = { $name } 出错了。已记录。
plugin-list = 插件
plugin-turned-on = { $name } 现已在此处启用。
plugin-turned-off = { $name } 现已在此处停用。
plugin-configured = { $name }：{ $setting } 现为 { $value }
plugin-offers = 提供
plugin-too-large = { $tool } 太大，无法提供给模型：{ $characters } 个字符，上限 { $most }
name-plugin = 插件
name-connect = 连接
plugin-cannot-ask = { $name } 需要先询问你，但这里无法询问。
plugin-confirm = { $name }，要我这样做吗？
plugin-confirm-sending = { $name }，这段对话里进来了外部的文字。可以把下面的内容发送出去吗？
plugin-confirm-to = 发送到：{ $hosts }
plugin-confirm-anywhere = 事先不知道的地址
plugin-confirm-missing = […这里没有显示：{ $characters } 个字符，{ $lines } 行]
plugin-confirm-long = 这里放不下全部内容。请先查看全部内容再决定。
plugin-confirm-all = 显示全部
plugin-confirm-everything = 这是完整的调用。
plugin-confirm-always = 对这个主机总是允许
plugin-confirm-changed = 内容在此期间变了，所以没有执行；请重新要求。
plugin-confirm-too-long = 内容太长，无法给人看，而它需要人的同意
privacy-hosts = 一旦外部的文字进入对话，我在把对话里的话发送出去之前会问你。你说过对这些不必问：{ $hosts }
button-ask-again = 重新问我：{ $name }
plugin-confirm-yes = 执行
plugin-confirm-no = 不要
connect-privately = 在这里别人会看到。请私下给我写 /connect { $name }。
connect-first = { $name } 需要你自己的账号。请用我发给你的链接登录，然后再问一次。
connect-no-address = 现在还没有人能登录：运营者需要打开网页服务（web.enabled），并把 web.public_url 设为通向它的 https 地址。
connect-none = 这里没有名为 { $name } 的可连接服务。/connect 会列出有哪些。
connect-wrong-code = 这不是你那个 { $name } 页面上的代码，或者它过期了。请写 /connect { $name } 得到新的链接。
connect-link = 要把你的账号连接到 { $name }，请在十分钟内登录。最后的页面会显示一个代码：把它写在这里。链接只给你一个人用，不要转给任何人。
connect-sign-in = 登录 { $name }
connect-only-here = 这个链接只在运行 Parley 的机器上有效。要让其他人也能用，运营者需要设置 web.public_url。
connect-sure = 把账号“{ $account }”连接到 { $name } 吗？我只会在你自己要求时使用它。
connect-sure-unnamed = 把你刚才登录的账号连接到 { $name } 吗？该服务没有说明账号的名字。我只会在你自己要求时使用它。
connect-yes = 连接
connect-done = 已连接：{ $name }（{ $account }）。请再提一次你的要求。/connect 会列出你的账号，也可以断开。
connect-declined = 没有连接任何账号。
connect-ended = 已断开 { $name }，它给的内容已删除。
connect-yours = 你的账号
connect-nothing = 你没有连接任何账号。
connect-more = 在这里可以连接的服务
connect-end = 断开 { $name }
connect-page = 连接账号
connect-page-stale = 这个链接已经用过、过期了，或者不是这里发出的。请在聊天中用 /connect 得到新的链接。
connect-page-mixed = 这个回答来自另一个服务，而不是被询问的那一个。没有连接任何账号。
connect-page-denied = 你没有同意，所以没有连接到 { $name }。
connect-page-failed = 登录没有成功，所以没有连接到 { $name }。请在聊天中用 /connect 再试一次；如果一直这样，请告诉运营者。
connect-page-account = 你已用 { $account } 登录。
connect-page-unnamed = 你已登录。
connect-page-for = 这个账号将为 { $platform } 上的 { $name } 连接，之后对方可以通过 { $plugin } 使用它。
connect-page-next = 如果那就是你，请在你来时的聊天中写：
connect-page-not-you = 如果你不是 { $platform } 上的 { $name }，请关闭此页，不要把代码告诉任何人：有人把自己的链接发给了你，没有代码就不会连接任何账号。
plugin-declined = 没有执行。
button-not-yours = 只有被询问的人才能回答。
button-calls = 详情
plugin-rolled-back = { $name } 已恢复到版本 { $version }。
plugin-remove = 移除
plugin-remove-sure = 要移除 { $name } 以及它保存的所有内容吗？
plugin-removed = 已移除 { $name }。
plugin-installing = 正在安装 { $name }…
plugin-catalogue = 目录
plugin-none-found = 没有符合的内容。
plugin-install-off = 这里只有机器的主人可以安装插件。
plugin-not-in-catalogue = 目录中没有 { $name }。用 /plugin search 查看目录；机器的主人可以安装其他插件。
plugin-there-already = { $name } 已安装。用 /plugin enable { $name } 在这里开启。
plugin-not-yours = { $name } 由其他人安装；只有他们或机器的主人可以更改 (`parley plugin`)。
plugin-up-to-date = { $name } { $version } 已是最新版本。
plugin-asks = 它要求：
plugin-asks-more = 新版本比之前要求更多：
plugin-asks-nothing = 它不要求任何权限。
plugin-from = 来自 { $source }（{ $digest }）
plugin-operations = { $chosen } 个操作中有 { $usable } 个可用。
plugin-operations-chosen = 从 { $described } 个操作中选择了 { $chosen } 个（{ $choice }）。
plugin-left-out = 未包含：
plugin-left-body = 请求正文的类型无法发送
plugin-left-get-body = 带正文的 GET
plugin-left-key = 需要其他登录方式
plugin-left-many = 超出插件允许的数量
plugin-left-method = 不会调用的方法
plugin-left-parameter = 需要无法提供的参数
plugin-left-path = 参数与路径不符
plugin-left-reference = 引用了无法读取的内容
plugin-left-size = 参数过多，模型无法处理
plugin-left-more = 以及另外 { $count } 个
plugin-left-all = 显示所有未包含的操作
plugin-left-command = 所有未包含的操作：/plugin info { $name } { $word }
plugin-left-nothing = 没有未包含的操作。
plugin-install = 安装
plugin-installed = { $name } { $version } 已安装并在这里开启。它提供：{ $offers }
plugin-updated = { $name } 现在运行版本 { $version }。它提供：{ $offers }
plugin-may = 它可以
plugin-walls = 隔离：{ $walls }
plugin-may-host = 从 { $value } 获取内容
plugin-may-secret = 使用密钥 { $value }
plugin-may-schedule = 定时运行：{ $value }
plugin-power-post = 在被调用的地方发言
plugin-power-log = 写入日志频道
plugin-power-history = 读取对话中最近的消息
plugin-power-schedule = 稍后调用自己
plugin-power-storage = 保存数据
plugin-hook-before-answer = 读取、修改或拒绝每个问题
plugin-hook-before-send = 在发送前读取、修改或扣留每个回答
plugin-hook-on-rating = 查看每个评分
plugin-hook-on-task-done = 查看每个完成的任务

## Score
command-score = 查看你的积分，以及积分的算法
command-score-board = 排行榜是否显示你
command-leaderboard = 查看谁的积分最多
command-leaderboard-frame = 哪段时间
command-leaderboard-scope = 在哪里得到的积分
command-leaderboard-language = 只看这种语言的工作
name-score = 积分
name-leaderboard = 排行榜

score-title = 你的积分
score-frame-day = 今天
score-frame-week = 最近 7 天
score-frame-month = 最近 30 天
score-frame-total = 总计
score-line = { $what }：{ $points }
score-level = 等级 { $level }；距下一级还差的积分：{ $missing }
score-level-highest = 等级 { $level }，已是最高级
score-streak = 连续天数：{ $days }（每周可以空一天）
score-place = 最近 7 天你在这里的名次：{ $place }
score-shown = 排行榜会显示你；用 `/score hide` 可以不显示。
score-hidden = 排行榜不显示你；用 `/score show` 可以恢复显示。
score-now-shown = 从现在起排行榜会显示你。
score-now-hidden = 排行榜不再显示你。你的积分照常计算。
score-nameless = 某人

score-formula = 积分的算法
score-part = { $what }：每 { $number } 个得 1 分
score-cap = 每天最多计 { $points } 分。
score-days = 每天从 UTC 零点开始。
# What is counted, each followed by its points.
score-prompts = 写了一条提问
score-prompts-accepted = 提问被采纳
score-replies-assistant = 写了一条助手回复
score-replies-assistant-accepted = 助手回复被采纳
score-replies-prompter = 写了一条用户回复
score-replies-prompter-accepted = 用户回复被采纳
score-labels-simple = 简短评审
score-labels-full = 完整评审
score-label-agreed = 评审与最终结果一致
score-rankings = 一次排序
score-rank-agreement = 排序接近最终结果，最多
score-placed-first = 你的回复在某人的排序中名列第一
score-placed-second = 你的回复在某人的排序中名列第二
score-placed-third = 你的回复在某人的排序中名列第三
score-best-first = 你的回复在最终结果中名列第一
score-best-second = 你的回复在最终结果中名列第二
score-gold-failed = 测试任务答错

leaderboard-title = 排行榜
leaderboard-here = 这里
leaderboard-platform = 本平台
leaderboard-everywhere = 所有地方
leaderboard-own = { $name } 排在第 { $place } 名（积分：{ $points }）。
leaderboard-none = 这个排行榜上还没有人。
leaderboard-columns = 提问 { $prompts }，回复 { $replies }，评审 { $labels }，排序 { $rankings }，名列第一 { $firsts }

command-mywork = 查看你贡献了什么，以及后来怎样了
command-mywork-what = 要列出的内容
name-mywork = 我的贡献
mywork-title = 你的贡献
mywork-prompts = 提问
mywork-replies = 回复
mywork-labels = 评审
mywork-rankings = 排序
mywork-none = 这里还没有内容。
mywork-older = 更早的
mywork-newer = 更新的
mywork-line = “{ $quote }”（{ $lang }）
mywork-place = 第 { $place } 名
mywork-export = 已完成的内容只有在你同意条款、并且运营者允许从你的平台导出时才会导出。
mywork-no-terms = 这些内容都不会导出，因为你没有同意现行条款。请看 /privacy。
mywork-is-held = 等待版主处理
mywork-is-review = 正在评审
mywork-is-waiting = 已采纳，等待抽签
mywork-is-growing = 已采纳，对话树还在生长
mywork-is-ranking = 已采纳，正在对回复排序
mywork-is-ready = 可以导出
mywork-is-ranked = 已排序，可以导出
mywork-is-late = 未使用：对话树当时已经完成
mywork-is-rejected = 未使用：评审没有通过
mywork-is-stopped = 未使用：对话树已停止
mywork-is-deleted = 未使用：已被移除
mywork-is-failed = 未使用：各人的排序无法合并
mywork-is-open = 还在征求其他人的意见
mywork-is-decided = 已有结果
mywork-is-agreed = 其他人的决定和你一样
mywork-is-differed = 其他人的决定和你不同
mywork-is-undecided = 各人的排序没有得出顺序
mywork-is-unused = 未使用：消息已被移除，或对话树已停止
mywork-is-noted = 已记录，但不影响决定

stats-tasks = 任务
stats-agreed = 同意条款的人数：{ $people }
stats-actions = 大家贡献的总数：{ $whole }（提问 { $prompts }，回复 { $replies }，评审 { $labels }，排序 { $rankings }）
stats-per-tree = 已完成的对话树：{ $trees }；平均每棵的贡献：{ $actions }
stats-messages = { $language }：用户消息 { $prompter }，助手消息 { $assistant }，其中由模型撰写 { $models }
stats-more-languages = 另有 { $number } 种语言
stats-agreement = 一致程度
stats-reviewers = { $language }，“{ $label }”：两位评审者说法相同的比例为 { $equal }（Krippendorff alpha { $alpha }，消息：{ $items }）
stats-rankers = { $language }：两个人把两条回复排成相同顺序的比例为 { $equal }（回复组：{ $items }）
stats-tree-initial_prompt_review = 提问正在评审
stats-tree-prompt_lottery_waiting = 等待抽签
stats-tree-growing = 正在生长
stats-tree-ranking = 正在排序
stats-tree-ready_for_scoring = 正在计算
stats-tree-ready_for_export = 可以导出
stats-tree-scoring_failed = 计算失败
stats-tree-aborted_low_grade = 提问未通过
stats-tree-halted_by_moderator = 已停止
stats-tree-backlog_ranking = 等待排序

## Tasks
command-tasks = 帮助建立一个开放训练集：查看有什么可做，或领取一个任务
command-tasks-kind = 任务的种类
command-tasks-topic = 只要关于这个主题的
command-guide = 做任务时要注意什么，附有例子
command-guide-kind = 任务的种类
command-languages = 你用哪些语言做任务
command-languages-languages = 语言代码，例如“en es”；不写就显示你现在的语言
name-tasks = 任务
name-guide = 指南
name-languages = 语言
tasks-title = **任务：{ $languages }**
tasks-amount = 你可以做 { $theirs } 个，共有 { $open } 个
task-menu = 还有什么可做？
task-random = 给我一个任务
task-continue = 继续我的任务
task-languages = 语言
task-languages-now = 你用这些语言做任务：{ $languages }。请在列表中选择，或使用“/languages”加上代码：{ $all }
task-languages-kept = 你用这些语言做任务：{ $languages }。
task-language-unknown = “{ $language }”不在数据集的语言之中：{ $languages }
task-consent = 这些任务用来建立一个开放训练集。你在其中写的和评判的内容会按以下条款以化名公开；你可以用 /mydata 查看全部内容，用 /forgetme 删除。
task-nothing-none = 现在没有可做的任务（{ $languages }）。有人提问或回答之后就会有新的任务；用 /languages 可以添加语言。
task-nothing-yours = 现有的任务（{ $languages }：{ $others } 个）出自你自己，或者你那一份已经做完：现在需要其他人来做。
task-nothing-prompts = 等待处理的提问已经够多了（{ $languages }）。请先评价或回答一些，之后才需要新的提问。
task-nothing-quota = 你在几分钟内写了很多。请换一种任务，或者过一会儿再来。
task-nothing-share = 你已经做了非常多（{ $languages }）：为了让数据体现不止一种看法，应该先由其他人来评判。这段时间可以写点什么。
task-nothing-doubtful = 现在没有适合你的任务。请稍后再试，或者写一条提问。
task-title-initial_prompt = 写一条提问
task-title-prompt_with_reply = 写一条提问和它的理想回答
task-title-prompter_reply = 以用户身份继续对话
task-title-assistant_reply = 以助手身份回答
task-title-label_initial_prompt = 评判一条提问
task-title-label_prompter_reply = 评判一条用户回复
task-title-label_assistant_reply = 评判一个回答
task-title-rank_assistant_replies = 给回答排序
task-title-rank_prompter_replies = 给用户回复排序
task-minutes = 为你保留 { $minutes } 分钟
task-progress = 已完成 { $done }/{ $need }
task-role-prompter = 用户
task-role-assistant = 助手
task-to-label = 要评判的消息
task-to-answer = 要回答的消息
task-turns-hidden = 还有 { $turns } 条消息
task-good = 好
task-ok = 一般
task-bad = 差
task-spam = 垃圾信息
task-foreign = 语言不对
task-more = 更多…
task-judge = 评判
task-later = 稍后
task-skip = 不适合我
task-why = 为什么跳过？
task-why-ask = 你为什么不想做这个任务？不说也没关系；这有助于改进任务，导出时不带你的名字。
task-why-unsure = 我不够了解
task-why-unclear = 看不明白
task-why-long = 太长了
task-why-unpleasant = 令人不适
task-why-language = 我不擅长这种语言
task-report = 举报
task-report-title = 举报一条消息
task-report-which = 你要举报哪一条消息？
task-report-answer = 举报 { $letter }
task-report-question = 举报问题
task-report-the-question = 问题
task-guide = 指南
task-all = 阅读全部
task-undo = 撤回
task-undone = 已撤回。这个任务又归你了。
task-back = 返回
task-save = 保存
task-next = 下一步
task-submit = 提交
task-anyway = 照原样提交
task-edit = 修改
task-fresh = 重新开始
task-hold = 送交审核
task-held-back = 作者自查后暂扣，送交审核
task-write = 撰写
task-end = 没有别的问题了
task-write-here = 把你的文字作为对这条消息的回复发出，可以发一条或几条；然后点“提交”。
task-write-both = 先把提问作为对这条消息的回复发出，再发你心目中的回答。
task-write-reply = 现在把它的理想回答作为对这条消息的回复发出。
task-placeholder = 你的文字
task-draft = 你目前写的内容
task-field-initial_prompt = 你的提问
task-field-prompt_with_reply = 你的提问
task-field-prompter_reply = 用户接下来说什么
task-field-assistant_reply = 助手怎样回答
task-field-reply = 它的理想回答
task-tie = 一样好
task-tie-with = 和上一个一样好
task-tap-back = 撤回上一次点选
task-none-good = 没有一个好
task-rank-how = 请按顺序点选回答，最好的在先。
task-rank-how-two = 请点选较好的回答。
task-verdict = 总的来说
task-verdict-fine = 没问题
task-verdict-fails = 回答得不好
task-verdict-spam = 垃圾信息或破坏
task-flags = 有以下情况吗？
task-tones = 语气怎么样？
task-tone = 愿意的话，再说说它的语气，或者保存你已经填写的内容。
task-scale-quality = 质量
task-scale-helpfulness = 帮助
task-scale-creativity = 创意
task-scale-humor = 幽默
task-scale-toxicity = 粗鲁
task-scale-violence = 暴力
task-thanks = ✓ 谢谢。
task-gold-right = ✓ 多数人也这样看。{ $why }
task-gold-wrong = 这里多数人的看法不同：{ $why }
task-gold-agreed = 评过这条消息的人意见一致。
task-expires = 你的任务“{ $task }”还会为你保留 { $minutes } 分钟。你写的内容会保存下来；之后其他人也可能领到这个任务。
task-call = 有 { $tasks } 个任务等着人来评判或回答。点几下就行，数据集也属于你。
task-stuck-nobody = “{ $language }”的标注停住了：两周来没有人做过任务，还有对话树在等待（{ $trees }）。只要有两个人重新做任务，就会继续。
task-stuck-alone = “{ $language }”的标注停住了：两周来只有一个人做过任务，而没有人评审自己的文字。还有对话树在等待（{ $trees }）。只要再有一个人用 /tasks 做任务，就会继续。
task-stuck-barred = “{ $language }”的标注停住了：做任务的人中有 { $people } 个被禁止或只能得到练习任务，剩下的人太少，无法评审。还有对话树在等待（{ $trees }）。“parley moderate trolls”会显示他们是谁；只要另有两个人做任务，就会继续。
task-tap = 这个任务要用它的按钮来做。
task-gone = 那个任务已经不在了。/tasks 里有别的任务。
task-done = 那个任务已经完成了。
task-not-yours = 那是别人的任务。用 /tasks 可以领取你自己的任务。
task-banned = 你现在不能在这里做任务。如果你觉得弄错了，请联系社区的管理员。
task-too-fast = 你在 { $minutes } 分钟内做了非常多的任务。请休息一会儿。
task-too-many = 你有 { $tasks } 个任务还没做完。请先完成或跳过其中一些。
task-text-empty = 里面没有文字。请写点什么。
task-text-long = 那段文字有 { $characters } 个字符；数据集的一条消息最多 { $limit } 个。请把它缩短。它已保存为你的草稿。
task-text-again = 你不久前刚提交过完全相同的文字。请写点新的。
task-tree-closed = 那段对话已经结束，不再接受回复。/tasks 里有别的任务。
task-message-gone = 那条消息在此期间被删除了，没有可以评判的内容了。/tasks 里有别的任务。
task-label-missing = 请同时说明它是不是垃圾信息。
task-label-value = 标签不能取这个值：请从给出的选项中选择。
task-rank-all = 请把每个回答都排好位置，每个只排一次。
undo-late = 已经不能撤回了：时间过得太久。
undo-built = 已经不能撤回了：其他人已经接着它往下做了。

## What a text is asked about
finding-short = 内容很短。它是完整的提问或回答吗？
finding-one-character = 几乎全是同一类符号。
finding-links = 里面有 { $count } 个链接；超过 { $most } 个就像广告。
finding-pasted = “{ $found }”像是从别的聊天机器人那里粘贴来的。请用你自己的话。
finding-copy = 它重复了所回复的消息。
finding-email = 里面有电子邮箱地址：{ $found }
finding-phone = 里面可能有电话号码：{ $found }
finding-iban = 里面有银行账号：{ $found }
finding-card = 里面有银行卡号：{ $found }
finding-ip = 里面有网络地址：{ $found }
finding-secret = 里面有像是密码或密钥的内容：{ $found }
finding-language = 它看起来是另一种语言：{ $language }。语言对吗？
finding-near = 已有一条很相似的提问：“{ $text }”
finding-same-again = 你以前提交过相同的文字。

## Moderation of tasks
command-moderate = 查看任务中被举报的内容
command-gold = 用评审意见一致的消息制作练习任务
name-moderate = 审核
name-gold = 练习任务
mod-title = 被举报：{ $kind }（{ $lang }）
mod-kind-root = 提问
mod-kind-prompter = 用户回复
mod-kind-assistant = 助手回答
mod-says = { $who }：{ $why }
mod-somebody = 某人
mod-is-erased = 文字已被彻底清除。
mod-is-deleted = 已删除：任务中不再显示。
mod-is-edited = 已编辑过。
mod-is-halted = 它的对话树已停止。
mod-is-banned = 作者已被禁止做任务。
mod-delete = 删除
mod-restore = 恢复
mod-halt = 停止对话树
mod-reopen = 重开对话树
mod-ban = 禁止作者
mod-unban = 解除禁止
mod-dismiss = 驳回举报
mod-edit = 编辑
mod-next = 下一条
# 谁做了什么。
mod-did-delete = { $who } 删除了它。
mod-did-restore = { $who } 恢复了它。
mod-did-halt = { $who } 停止了对话树。
mod-did-reopen = { $who } 重开了对话树。
mod-did-ban = { $who } 禁止了作者做任务。
mod-did-unban = { $who } 解除了对作者的禁止。
mod-did-dismiss = { $who } 驳回了举报。
mod-did-edit = { $who } 编辑了文字。
mod-edit-title = 编辑消息
mod-edit-text = 文字
mod-edit-send = 保存
mod-edit-elsewhere = 这里的表单放不下这段文字。服务器的管理者可以编辑它：`parley moderate edit { $id }`
mod-note = 备注
mod-note-text = 关于作者的备注
mod-note-known = 只有本社区的版主能看到这条备注。被备注的人会在 /mydata 中看到备注的文字，但看不到你的名字。
mod-note-line = { $day }，{ $who }：{ $text }
mod-note-empty = 这条备注没有内容。
mod-note-elsewhere = 这里没有表单。运行本服务器的人可以写备注：`parley moderate note { $id } "…"`
mod-noted = 备注已保存。关于这位作者的最新备注：
mod-none = 没有等待审核的内容。
gold-title = 做成练习任务？
gold-add = 做成练习任务
gold-next = 换一条
gold-added = 现在它是这个社区的练习任务了。
gold-remove = 撤回
gold-removed = 它不再是练习任务了。
gold-none = 没有评审意见一致、并且还不是练习任务的消息。
gold-why = 理由，在对方回答之后显示
gold-gone = 这里没有这个练习任务。
gold-labels = 这条消息不能用这些标签，或者没有说明它是不是垃圾信息。
mod-answer = 被举报的回答
mod-others-read = 在这里别人也会看到。请在接收举报的频道使用 /moderate，管理员可以用 /settings 选择该频道。
mod-gone = 这条消息已经不在，或由别人负责审核。
mod-erased = 这段文字已被彻底清除，没有可以恢复的内容。
mod-no-author = 没有人知道作者是谁：它是导入的、由模型写的，或作者的数据已被清除。
mod-not-halted = 这棵对话树没有停止。
mod-prompt-deleted = 这棵对话树的提问已被删除。恢复它，对话树就会继续。
mod-text-empty = 里面没有文字。要去掉一条消息，请删除它。

## From a chat into the data set
command-contribute = 把这段对话贡献给开放训练集
name-contribute = 贡献
menu-contribute = 贡献
button-contribute = 贡献这段对话
contribute-ask = 这段对话中的 { $turns } 条消息会成为一个任务，由其他人评判和回答，以后按条款公开。不包括：{ $others } 条来自尚未同意条款的人，{ $held } 条含有个人信息。
contribute-nothing = 这段对话里没有可以贡献的内容（有 { $others } 条消息来自尚未同意条款的人）。
contribute-terms = 你贡献的内容会公开，所以要先看条款：请打开 /privacy，在那里同意，然后再试一次。
contribute-private = 你已把这个对话排除在训练之外；用“/private off”可以取消。
contribute-thanks = ✓ 谢谢。现在由其他人来评判。
contribute-again = 这段对话以前已经贡献过了。
prefer-which = 哪个回答更好？
prefer-new = 新的
prefer-old = 之前的
prefer-same = 都不是
prefer-thanks = ✓ 谢谢，这很有帮助。
setting-task-channel = 邀请大家做任务的频道
command-together = 把一个任务交给这个频道：人人都可以投票
command-together-kind = 任务的种类
name-together = 一起
together-lead = 🗳 **人人都可以投票** · 目前 { $votes } 票
together-closed-with = ✓ **已有结果**，谢谢 · { $votes } 票
together-thanks = ✓ 你的票已计入（目前 { $votes } 票）。
together-nothing = 现在没有可以让频道投票的任务。/tasks 会显示有什么可做。
together-terms = 投票会以化名公开：请打开 /privacy，在那里同意条款，然后再投一次。
together-own = 其中有你自己写的内容，应该由其他人来评判。
together-voted = 你已经对此投过票了。
together-closed = 这件事已经有结果了。谢谢！
setting-tasks = 任务
tasks-off = 本社区已关闭任务。
