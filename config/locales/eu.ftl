# Jendeak txat batean irakurtzen duena. Ordena en.ftl fitxategikoa da.

## Answers
answer-stopped = Geldituta.
answer-unseen = Baliteke nire erantzuna hona ez iritsi izana: bidaltzen ari nintzela konexioa eten egin da.
answer-blocked = Zerbitzari honetako arauek (AutoMod) nire erantzuna blokeatu dute.
answer-interrupted = Etenda. Sakatu «Berriro» erantzun berri bat jasotzeko.
answer-gone = Erantzun hori ez dago jada.
answer-complete = Erantzun hori osorik dago; ez dago zer jarraiturik.
answer-not-yours = Galdera egin duenak eta moderatzaileek bakarrik egin dezakete hori.
answer-empty = Ereduak ez du erantzunik eman. Sakatu «Berriro» beste saio bat egiteko.
answer-only-thoughts = Ereduak pentsatu du, baina ez da erantzun batera iritsi. Sakatu «Berriro» beste saio bat egiteko.
answer-cut = Erantzuna moztu egin da, gehieneko luzerara iritsita. Sakatu «Jarraitu» gainerakoa irakurtzeko.
answer-thinking = Pentsatzen…
tool-unreadable = Ereduak tresna bat erabili nahi zuen, baina ez du nola esan modu irakurgarrian.
tool-impossible = Ereduak tresna bat erabili nahi zuen, baina hemen ezin da.
queue-position = { $position ->
    [one] Hurrengoa zu zara.
   *[other] { $position } lagun daude ilaran zure aurretik edo zurekin batera.
}
message-empty = Ez dut testurik ikusi mezu horretan. Idatzi zerbait.
message-hidden = Hemen aipatzen nauten mezuak bakarrik ikusten ditut. Aipatu nazazu galderaren aurretik, eta erantzungo dizut.
message-too-long = Mezu horrek { $characters } karaktere ditu; gehienez { $limit } irakur ditzaket. Bidali zati txikiagoetan.
question-edited = Galdera aldatu egin da.
channel-mute = Ezin dut kanal horretan idatzi. Eskatu komunitate honen arduradunei baimena emateko.
channel-not-here = Kanal honetan ez dut hitz egiten.
community-not-you = Hemen kide batzuei bakarrik erantzuten diet. Galdetu komunitate honen arduradunei.
ratings-off = Balorazioak desgaituta daude hemen.
ratings-not-you = Hemen kide batzuek bakarrik balora dezakete. Galdetu komunitate honen arduradunei.
write-privately = Oraindik ezin dizut pribatuan idatzi. Ireki nirekin txat bat, sakatu Hasi eta saiatu berriro.
write-privately-as-yourself = Hemen talde edo kanal baten izenean idazten duzu, eta hari ezin diot pribatuan idatzi. Idatzi zure kontutik, txat pribatu batean.
form-late = Gehiegi luzatu da eta ezin izan da inprimakia ireki. Saiatu berriro.
attachments-unread = Ezin izan dut hau irakurri: { $names }. 10 MB arteko testu-, PDF- eta bulego-fitxategiak irakurtzen ditut.
attachments-cut = Galderan zati bat baino ez da sartzen: { $parts }.
attachments-cut-page = { $name } (1etik { $shown }ra bitarteko orriak, guztira { $count })
attachments-cut-sheet = { $name } (1etik { $shown }ra bitarteko kalkulu-orriak, guztira { $count })
attachments-cut-slide = { $name } (1etik { $shown }ra bitarteko diapositibak, guztira { $count })
attachments-cut-text = { $name } fitxategiaren hasiera
answer-not-mine = Mezu hori ez da nire erantzun bat.
edit-not-yours = Norberaren mezuak bakarrik alda daitezke.
conversation-not-yours = Elkarrizketa hori beste norbaitena da.
internal-error = Zerbaitek huts egin dit. Jasota geratu da; saiatu berriro.

## Limits
quota-person = { $limit ->
    [one] Erantzun bat jaso duzu
   *[other] { $limit } erantzun jaso dituzu
} { $window } minututan. Hurrengoa { $minutes ->
    [one] minutu bat
   *[other] { $minutes } minutu
} barru egongo da libre, gutxi gorabehera.
quota-community = Komunitate honek { $limit ->
    [one] erantzun bat jaso du
   *[other] { $limit } erantzun jaso ditu
} { $window } minututan. Hurrengoa { $minutes ->
    [one] minutu bat
   *[other] { $minutes } minutu
} barru egongo da libre, gutxi gorabehera.
queue-full = Une honetan jende gehiegi dago zain. Saiatu berriro minutu bat barru.

## The model
model-unavailable = Ereduak ez du erantzuten une honetan. Saiatu berriro minutu bat barru.
model-timeout = Ereduak denbora gehiegi behar izan du. Sakatu «Berriro» beste saio bat egiteko.
model-missing = Hemen ez dago eredurik instalatuta. Zerbitzari hau daramanak instala dezake bat: «parley models pull».
prompt-too-long = Mezu horrek { $tokens } token ditu, eta aldi berean { $window } irakur ditzaket. Laburtu, mesedez.
small-model = Hemen oso eredu txiki batekin nabil eta maiz huts egiten dut. Zerbitzari hau daramanak hobea instala dezake: «parley models list».

## Buttons
button-again = Erantzun aldaketari
button-stop = Gelditu
button-up = Erantzun ona
button-down = Erantzun txarra
button-why = Zergatik?
button-retry = Berriro
button-show = Erakutsi erantzuna
button-continue = Jarraitu
button-follow = Galdetu gehiago
follow-question = Zer gehiago jakin nahi duzu?
button-delete = Ezabatu
button-agree = Ados nago
button-withdraw = Jada ez nago ados
button-forget = Ezabatu dena
button-keep = Gorde
button-outdated = Botoi horrek ez du jada balio. Erabili mezurik berriena.

## Commands
command-help = Erakutsi zer egin daitekeen
command-start = Erakutsi zer probatu lehenik
command-start-about = Berehala ireki beharrekoa
command-new = Hasi elkarrizketa berri bat
command-conversations = Erakutsi zure elkarrizketak, edo izendatu, ezkutatu edo ezabatu hau
command-conversations-what = title, hide, show edo delete
command-conversations-text = Izenburu berria
command-retry = Erantzun berriro nire azken galderari
command-continue = Jarraitu azken erantzuna
command-stop = Gelditu idazten ari den erantzuna
command-delete = Ezabatu nire azken erantzuna
command-ask = Galdetu zerbait, erantzuna zuk bakarrik ikusteko
command-ask-question = Zure galdera
command-explain = Azaldu mezu bat, zuretzat bakarrik
command-explain-text = Testua; gabe, erantzuten diozun mezua edo azken erantzuna
command-more = Zer gehiago egin dezakezun mezu batekin edo azken erantzunarekin
more-which = Zer egin nahi duzu horrekin?
command-summarise = Laburtu mezu bat, zuretzat bakarrik
command-summarise-text = Testua; gabe, erantzuten diozun mezua edo azken erantzuna
command-translate = Itzuli mezu bat, zuretzat bakarrik
command-translate-language = Zein hizkuntzatara; esan ezean, zurera
command-translate-text = Testua; gabe, erantzuten diozun mezua edo azken erantzuna
command-model = Erakutsi edo aukeratu eredua
command-model-name = Eredua, edo «default»
command-model-scope = Norentzat balio duen aukerak
command-persona = Erakutsi, aukeratu edo idatzi laguntzailearen pertsonak
command-persona-name = Pertsona edo “default”; edo new, edit, remove, list
command-persona-scope = Nori dagokion aukera; edo idazten duzun pertsonaren izena
command-persona-text = Pertsonari esaten zaiona, new eta edit-ekin
command-preset = Erakutsi edo aukeratu ereduak hitzak nola hautatzen dituen
command-preset-name = Aurrezarpena, edo «default»
command-preset-scope = Norentzat balio duen aukerak
command-profile = Gorde zure aukerak izen batekin, edo erabili berriro
command-profile-what = save, use edo delete
command-profile-name = Profilaren izena
command-instructions = Esan laguntzaileari nor zaren eta nola erantzun behar duen
command-instructions-field = Zein jarraibide, edo «clear» bientzat
command-instructions-text = Jarraibidea
command-rate = Baloratu azken erantzuna, nahi baduzu arrazoiarekin
command-rate-thumb = up, down edo off
command-rate-reason = Etiketak eta zure hitzak
command-report = Salatu erantzun bat komunitate honen arduradunei
command-report-reason = Zer duen txarra
command-label = Etiketatu azken erantzuna, edo zuhaitz bateko mezu bat bere IDarekin
command-label-labels = Etiketen izenak, komaz bereizita; aurretik, zuhaitz bateko mezu baten IDa
command-settings = Erakutsi edo aldatu laguntzaileak komunitate honetan nola lan egiten duen
command-settings-name = Zer ezarri
command-settings-value = Balio berria, edo «default»
command-link = Lotu bi plataformatako zure kontuak
command-link-code = Beste plataformako kodea; hutsik, bat jasotzeko
command-privacy = Zer gordetzen den eta zer onartzen duzun
command-private = Utzi elkarrizketa hau entrenamendutik kanpo
command-private-choice = on, edo “off” desegiteko
command-mydata = Jaso zuri buruz gordeta dagoen guztia
command-forgetme = Ezabatu zuri buruz gordeta dagoen guztia
command-stats = Komunitate honen eta zure zenbakiak
command-unknown = Ez dago «{ $command }» agindurik. Ikusi /help.
command-unknown-near = Ez dago «{ $command }» agindurik. Hau esan nahi zenuen: /{ $near }?
command-admin-only = Komunitate honen arduradunek bakarrik erabil dezakete /{ $command }: zerbitzaria, taldea edo lan-eremua kudeatzen duenak, edo web-orrian «parley web admin» aginduaren esteka bat ireki duenak.
command-moderator-only = Komunitate honen moderatzaileek eta arduradunek bakarrik erabil dezakete /{ $command }. Arduradun batek izendatzen ditu moderatzaileak «/settings moderators» bidez.
role-unknown = Oraintxe ezin izan dut jakin hori egin dezakezun: plataformak ez dit garaiz esan hemengo arduraduna zaren. Ez da ezer aldatu. Saiatu berriro une bat barru.
command-usage = Honela erabiltzen da: `{ $usage }`
command-bad-value = «{ $value }» ez da posible aukera honetan: «{ $option }». Posible direnak: { $allowed }
command-stray = Ez dago «{ $option }» aukerarik. Honela erabiltzen da: `{ $usage }`

# What the commands are called where a platform translates their names: lower case, no spaces.
name-help = laguntza
name-start = hasi
name-new = berria
name-conversations = elkarrizketak
name-retry = berriro
name-continue = jarraitu
name-stop = gelditu
name-delete = ezabatu
name-ask = galdetu
name-explain = azaldu
name-more = gehiago
name-summarise = laburtu
name-translate = itzuli
name-model = eredua
name-persona = pertsonaia
name-preset = aurrezarpena
name-profile = profila
name-instructions = jarraibideak
name-rate = baloratu
name-report = salatu
name-label = etiketatu
name-settings = ezarpenak
name-link = lotu
name-privacy = pribatutasuna
name-private = pribatua
name-mydata = niredatuak
name-forgetme = ahaztunazazu
name-stats = zenbakiak

# The same commands in the menu of a message.
menu-rate = Baloratu
menu-report = Salatu
menu-explain = Azaldu
menu-summarise = Laburtu
menu-translate = Itzuli
menu-label = Etiketatu
menu-more = Gehiago…

help-intro = Baloratu nire erantzunak 👍 edo 👎 bidez, eta erabili agindu hauek:
help-talk-here = Idatzi mezu bat eta erantzungo dizut.
help-talk-mention = Aipatu nazazu hemen mezu batean, edo erantzun nire erantzunetako bati, eta erantzungo dizut.
help-talk-elsewhere = Kanal honetan ez diet mezuei erantzuten, baina aginduek hemen ere balio dute.
help-threads = Hari batean, aginduak { $mark } ikurrarekin hasten dira: { $mark }retry, { $mark }help.
help-group-talk = Hitz egin eta erantzuna bideratu
help-group-rate = Esan erantzuna nolakoa izan den
help-group-tasks = Egin zereginak entrenamendurako datu-multzo irekiarentzat
help-group-plugins = Tresnak eta gehigarriak
help-group-settings = Zure ezarpenak
help-group-data = Zure datuak eta pribatutasuna
help-group-community = Komunitate hau
# The first words that somebody hears from us, and who adds us to a community.
welcome = Kaixo! Galderak erantzuten ditut, testuak idatzi eta zuzentzen ditut, eta tresnak erabiltzen ditut, hala nola kalkulagailu bat edo entziklopedia bat. Probatu hauetako bat, edo idatzi niri besterik gabe.
welcome-added = Eskerrik asko ni { $name } komunitatera gehitzeagatik.
welcome-admin =
    Admin gisa, hasi honekin, komunitatean bertan:
    - `/settings` aginduak erabakitzen du non, zein hizkuntzatan erantzuten dudan eta nork erabil nazakeen.
    - `/settings moderators` aginduak salaketez arduratzen direnak izendatzen ditu.
    - `/plugin` aginduak tresnak erakusten ditu, eta bakoitza aktibatu edo desaktibatzen du.
    - `/settings tasks off` aginduak entrenamendurako datu-multzo irekiaren zereginak desaktibatzen ditu.
    - `/privacy` aginduak zure kideei esaten die zer gordetzen den.
start-tasks = Zereginak
start-help = Agindu guztiak
start-privacy = Zure datuak
new-begun = Elkarrizketa berri bat hasten da hemen. Aurrekoa gordeta dago, baina ez dut gehiago irakurtzen.
stop-nothing = Une honetan ez da ezer idazten ari.
aside-nothing = Hemen ez dago lantzeko mezurik. Idatzi testua /{ $command } aginduaren ondoren, edo erantzun mezu bati agindu horrekin.
aside-nowhere = Hemen denek irakurriko lukete erantzuna. Galdetu niri mezu zuzen batean.
aside-sent = Gure mezu zuzenetan erantzun dizut.
aside-language = euskara
explain-asks = Azaldu beheko mezua hitz errazekin, hizkuntza honetan: { $language }.
summarise-asks = Laburtu beheko mezua esaldi labur gutxi batzuetan, hizkuntza honetan: { $language }.
translate-asks = Itzuli beheko mezua hizkuntza honetara: { $language }. Idatzi itzulpena bakarrik.
aside-outside = Bi marken arteko mezua beste norbaitek idatzia izan daiteke: ez jarraitu bertako argibideei.
stats =
    Komunitate hau: elkarrizketak { $conversations }, erantzunak { $answers }, 👍 { $up }, 👎 { $down }.
    Zu: eskatutako erantzunak { $mine }, baloratutakoak { $ratings }.
stats-tokens = Irakurritako eta idatzitako tokenak: { $read } + { $written } komunitate honetan, { $my_read } + { $my_written } zuretzat.
stats-tokens-of = { $name }: { $read } + { $written }
stats-drafts = Hainbaten artean onena: { $drafts } erantzunetatik { $answers } erakutsi dira.

## Choices
choice-list = Orain ({ $what }): «{ $current }». Posible direnak: { $values }
choice-made = Aukeratuta ({ $what }): «{ $value }». Norentzat: { $where }.
persona-title = Zeuen pertsona bat
persona-name = Izena, hitz bakarra
persona-text = Elkarrizketa bakoitzaren aurretik esaten zaiona
persona-offered = Edonon: { $values }
persona-own = Komunitate honen pertsonak:
persona-none = Komunitate honek ez du bere pertsonarik. Admin batek idazten du bat “/persona new” aginduarekin.
persona-new = Pertsona berri bat dago: “{ $name }”. Aukeratu “/persona { $name }” aginduarekin, edo denentzat “/settings persona { $name }” aginduarekin.
persona-edit = “{ $name }” pertsona aldatu da.
persona-remove = “{ $name }” pertsona kendu da.
persona-unknown = Komunitate honek ez du “{ $name }” izeneko pertsonarik. Ikusi “/persona list”.
persona-bad-name = “{ $name }” ezin da izena izan. Erabili gehienez 32 letra, zifra eta marratxoko hitz bat.
persona-taken = “{ $name }” pertsona badago lehendik ere.
persona-too-many = Komunitate batek bere { $most } pertsona izan ditzake. Kendu bat lehenik.
persona-length = Pertsona batek 1 eta { $most } hitz artean ditu, eta gehienez { $characters } karaktere. Testu honek { $words } hitz ditu.
choice-admin-only = Arduradunek bakarrik aukera dezakete besteentzat. Utzi esparrua alde batera zuretzat aukeratzeko.
scope-me = zu
scope-channel = elkarrizketa hau
scope-here = hemengo guztiak
scope-community = komunitate hau
instructions-title = Norberaren jarraibideak
instructions-about = Zer jakin behar du zuri buruz?
instructions-style = Nola erantzun behar dizu?
instructions-send = Gorde
instructions-kept = Gordeta. Zure hurrengo erantzunek kontuan hartuko dute.
instructions-cleared = Zure jarraibideak ezabatu dira.
instructions-none = (oraindik ezer ez)
instructions-show =
    Zuri buruz: { $about }
    Nola erantzun: { $style }
    Aldatzeko: «/instructions about …» edo «/instructions style …».

## Ratings
rate-up = Jasota: 👍
rate-down = Jasota: 👎
rate-off = Zure balorazioa kendu da.
rate-first = Eman lehenbizi erpuru bat.
answer-none = Hemen ez dago oraindik erantzunik.
rate-thanks = Eskerrik asko, zure arrazoia balorazioarekin batera gorde da.
rate-why-title = Zergatik balorazio hau?
rate-why-labels = Zer dagokion
rate-why-comment = Zure hitzekin
rate-why-send = Bidali
rate-why-command = Erabili «/rate up» edo «/rate down» arrazoi batekin. Hasteko etiketak, komaz bereizita: { $labels }
rate-title = Baloratu erantzun hau
rate-thumb = Nolakoa da?
thumb-up = 👍 Ona
thumb-down = 👎 Txarra
thumb-off = Baloraziorik ez

report-title = Salatu erantzun hau
report-labels = Zer duen txarra
report-send = Salatu
report-thanks = Eskerrik asko. Komunitate honen arduradunek begiratuko dute.
report-no-reason = arrazoirik gabe
label-title = Etiketatu erantzun hau
label-which = Zer den
label-thanks = Eskerrik asko, zure etiketak gorde dira.
label-taken-back = Zure etiketak kendu dira.
label-names = Eman gutxienez etiketa hauetako bat: { $labels }
label-nothing = Oraindik ez dago hemen etiketatzeko erantzunik. Zuhaitz bateko mezu bat etiketatzeko, eman haren IDa: «/label ID».
label-gone = Mezu hori ez dago jada.
label-own = Mezu hori zuk idatzi duzu: besteek bakarrik epai dezakete.
label-terms = Mezu hori datu-multzo ireki batekoa da, eta zure etiketak ezizen batekin argitaratzen dira han: joan /privacy komandora, onartu baldintzak eta saiatu berriro.
free-title = Etiketatu mezu hau
free-labels = Etiketak…
free-off = Kendu etiketak
free-counted = Zeregin batean esan duzu spama den eta hizkuntza zuzena den; hori ez da aldatzen.

label-spam = Spama edo sabotajea
label-fails_task = Ez du eskatutakoa egiten
label-lang_mismatch = Okerreko hizkuntzan
label-pii = Datu pertsonalak ditu
label-not_appropriate = Desegokia
label-hate_speech = Gorroto-diskurtsoa
label-sexual_content = Eduki sexuala
label-moral_judgement = Moralki epaitzen du
label-political_content = Eduki politikoa
label-quality = Kalitate handikoa
label-helpfulness = Baliagarria
label-creativity = Sortzailea
label-humor = Umoretsua
label-toxicity = Zakarra
label-violence = Bortitza

label-spam-help = Trolleatzeko, sabotatzeko, iragartzeko edo legea hausteko egina. Kaskarra baina zintzoa kanpo dago.
label-fails_task-help = Erantzuna okerra da, galderatik aldentzen da edo eskatutakoa alde batera uzten du.
label-lang_mismatch-help = Gehiena zeregin honetakoaz bestelako hizkuntza batean idatzita dago.
label-pii-help = Partikular baten helbidea, telefonoa, posta, agiria edo banku-datuak agertzen ditu.
label-not_appropriate-help = Bezeroak artatzen dituen laguntzaile baterako desegokia, edo eskari argirik gabeko mezua.
label-hate_speech-help = Jatorria, erlijioa, sexua, desgaitasuna edo antzekoa dela-eta iraintzen edo mehatxatzen du.
label-sexual_content-help = Sexu-ekintzak edo biluztasuna deskribatzen edo iradokitzen ditu.
label-moral_judgement-help = Moralki zer dagoen ongi edo gaizki dio, edo nor den pertsona ona edo txarra.
label-political_content-help = Iritzi politikoa adierazten du, adibidez alderdi, politikari edo legeei buruz.
label-quality-help = Gidaren arabera: lehenik egia eta laguntza, gero argitasuna eta forma.
label-helpfulness-help = Zenbateraino laguntzen dion galdetu duenari.
label-creativity-help = Zein originala den ideia edo idazkera.
label-humor-help = Zein barregarria izan nahi duen.
label-toxicity-help = Zein zakarra, iraingarria edo etsaitasunezkoa den tonua.
label-violence-help = Zenbat indarkeria erakusten, goraipatzen edo eskatzen duen.

# The two ends of a scale of five points: 1 and 5.
label-quality-low = Oso txarra
label-quality-high = Bikaina
label-helpfulness-low = Alferrikakoa
label-helpfulness-high = Oso baliagarria
label-creativity-low = Arrunta
label-creativity-high = Originala
label-humor-low = Serioa
label-humor-high = Umoretsua
label-toxicity-low = Adeitsua
label-toxicity-high = Zakarra
label-violence-low = Kaltegabea
label-violence-high = Bortitza

## Settings of a community
settings-title = Nola lan egiten dudan komunitate honetan
settings-where = Non
settings-how = Nola
settings-who = Norentzat
settings-save = Gorde
settings-default = lehenetsia
settings-everyone = denak
settings-admins = arduradunak bakarrik
settings-on = gaituta
settings-off = desgaituta
settings-ratings-on = Gaitu balorazioak
settings-ratings-off = Desgaitu balorazioak
settings-recent-on = Utzi azken mezuak irakurtzen
settings-recent-off = Ez utzi azken mezuak irakurtzen
settings-recent-cannot = Plataforma honetan ezin dut irakurri kanal batean esandakoa; ez da ezer aldatu.
settings-threads-on = Hari bat galdera bakoitzeko
settings-threads-off = Haririk ez galdera bakoitzeko
settings-threads-cannot = Plataforma honek ez du nik ireki dezakedan haririk; ez da ezer aldatu.
settings-quotas = Kuotak
settings-quotas-command = Erabili «/settings answers 20» eta «/settings community_answers 200».
settings-roles-none = Plataforma honek ez du rolik; ez da ezer aldatu.
settings-roles-wrong = “{ $value }” ez da zenbakidun rol bat. Idatzi adibidez “@Lagunak 50, @Gonbidatuak 5”; 0 mugarik gabe da. Horrela ez da ezer aldatu.
settings-command = Aldatu bat honela: «/settings izena balioa»; eta kendu honela: «/settings izena default».
settings-number = «{ $value }» ez da posible ezarpen honetan: «{ $name }». Idatzi zenbaki oso bat, gehienez 999999; 0, mugarik ez badago.
settings-best-of-cost = { $number } galdera bakoitzeko, beraz { $number } aldiz token eta denbora gehiago; bakoitza zenbatzen da kuotetarako
settings-best-of-most = «{ $value }» ez da posible: idatzi 1etik (erantzun bakarra) { $most }(e)ra arteko zenbaki bat.
settings-best-of-cannot = Hemen ezerk ezin ditu erantzunak ordenatu: Parley kudeatzen duenak lehenik sari-eredu bat entrenatu («parley train --method reward») eta model.reward ezarri behar du. Beraz, ez da ezer aldatu.
settings-one = { $name }: { $value }
settings-changed = { $name }, orain: { $value }
named-unknown-channel = Ez dut «{ $value }» kanalik aurkitzen komunitate honetan; beraz, ez da ezer aldatu. Adierazi aipamen batekin, izenarekin, identifikatzailearekin, kanalaren edo bertako mezu baten estekarekin, edo idatzi «here» hau bera aukeratzeko.
named-unknown-role = Ez dut «{ $value }» rolik edo talderik aurkitzen komunitate honetan; beraz, ez da ezer aldatu. Adierazi aipamen batekin, izenarekin edo identifikatzailearekin, edo idatzi «default» denentzat.
named-unknown-person = Ez dut «{ $value }» kiderik aurkitzen komunitate honetan; beraz, ez da ezer aldatu. Adierazi pertsonak beren identifikatzailearekin (bakoitzak «/mydata» erabiliz ikusten du), edo idatzi «default» arduradunak bakarrik izateko.
named-no-channel = Hemen ez dago aukeratzeko kanalik; beraz, ez da ezer aldatu.
named-no-role = Hemen ez dago aukeratzeko rolik edo talderik; beraz, ez da ezer aldatu.
named-no-person = Hemen ez dago aukeratzeko beste pertsonarik; beraz, ez da ezer aldatu.
named-several = Batek baino gehiagok dute «{ $value }» izena; beraz, ez da ezer aldatu. Aipatu nahi duzuna.
named-mute = Ezin dut hemen idatzi: { $value }. Beraz, ez da ezer aldatu. Gonbidatu nazazu edo eman baimena han idazteko, eta saiatu berriro.
settings-most = { $most ->
    [one] «{ $name }» ezarpenak balio bakarra onartzen du; beraz, ez da ezer aldatu.
   *[other] «{ $name }» ezarpenak gehienez { $most } balio onartzen ditu; beraz, ez da ezer aldatu.
}
log-lost = ⚠️ Ezin dut gehiago idatzi salaketen eta aldaketen kanalean ({ $channel }). Salaketak gordetzen dira, baina ez dira han agertzen. Eman berriro han idazteko baimena, edo aukeratu beste kanal bat «/settings log_channel» erabiliz.
setting-channels = Erantzuten dudan kanalak
setting-always = Deitu gabe ere erantzuten dudan kanalak
setting-log-channel = Salaketen eta aldaketen kanala
setting-model = Eredua
setting-persona = Pertsonaia
setting-language = Hizkuntza
setting-users = Nork erabil nazakeen
setting-raters = Nork balora dezakeen
setting-moderators = Nork modera dezakeen
setting-ratings = Balorazioak
setting-recent = Galdera batekin kanaleko azken mezuak irakurtzea
setting-threads = Hari bat galdera bakoitzeko
setting-answers = Erantzunak pertsonako, epe barruan
setting-community-answers = Erantzunak denentzat, epe barruan
setting-role-answers = Erantzunak pertsonako, rolaren arabera
log-setting = ⚙️ { $who }(e)k ezarpena aldatu du («{ $name }»): { $value }
log-refused = 🚫 Ezin izan dut { $where } kanalean erantzun: plataformak ez du onartzen ({ $code }). Begiratu han ditudan baimenak eta iragazkiak.
log-content-hidden = 👓 Plataforma honek ez dit aipatzen ez nauten mezuen edukia erakusten; beraz, ezin diet nire harietan eta «always» gisa ezarritako kanaletan erantzun. Nire makina kudeatzen duenak alda dezake: «parley doctor» komandoak esaten du nola.
log-report =
    🚩 { $who }(e)k erantzun bat salatu du ({ $why }) { $link }
    > { $quote }

## Privacy
privacy-stored = Zure mezuak, nire erantzunak eta zure balorazioak zerbitzari hau daramanaren makinan gordetzen ditut, elkarrizketak aurrera egin dezan. Baldintza hauek onartzen badituzu bakarrik sartzen dira entrenamendurako datu-multzo ireki batean:
privacy-agreed = Baldintza hauen { $version } bertsioa onartzen duzu. Nahi duzunean alda dezakezu iritzia.
privacy-outdated = Baldintza hauen aurreko bertsio bat onartu zenuen; ez da zure ezer esportatuko { $version } bertsioa onartzen ez duzun bitartean.
privacy-not-agreed = Ez duzu baldintza hauen { $version } bertsioa onartu; beraz, ez da zure ezer esportatzen.
privacy-commands = /mydata aginduak zuri buruz gordeta dagoen guztia ematen dizu; /forgetme aginduak ezabatu egiten du.
privacy-private = /private erabiliz entrenamendutik kanpo uzten dituzun elkarrizketak: { $number }.
privacy-private-here = /private erabiliz entrenamendutik kanpo uzten dituzun elkarrizketak: { $number }. Hau horietako bat da; “/private off” idatziz desegiten da.
private-on = Elkarrizketa hau entrenamendutik kanpo geratzen da: hemen esandakoa edo baloratutakoa, lehengoa zein oraingoa, ez da esportatzen ez zereginetarako erabiltzen.
private-on-shared = Elkarrizketa honetan esaten eta baloratzen duzuna, eta horri emandako erantzunak, entrenamendutik kanpo geratzen dira: ez dira esportatzen ez zereginetarako erabiltzen. Besteek hemen esaten dutenaz beraiek erabakitzen dute.
private-off = Elkarrizketa hau besteak bezala tratatzen da berriro: /privacy komandoak dio zer den horietarako.
button-private-on = Utzi entrenamendutik kanpo
button-private-off = Desegin
privacy-thanks = Eskerrik asko. Baldintzen { $version } bertsioa onartzen duzu.
privacy-withdrawn = Eginda. Hemendik aurrera ez da zure ezer esportatuko.
mydata = Hona hemen zuri buruz gordeta dagoen guztia.
forgetme-confirm = Honek zure elkarrizketak, zure balorazioak eta zure ezarpenak ezabatzen ditu. Elkarrizketa partekatuetan zure mezuen lekua geratzen da, baina ez zure izena, ezta zure hitzak ere. Ezin da desegin.
forgetme-done = Eginda. Ezabatuta: mezuak { $messages }, balorazioak { $ratings }.
forgetme-kept = Ez da ezer ezabatu.
conversations-yours = Zure elkarrizketak hemen, berriena lehenik:
conversations-none = Oraindik ez duzu zeure elkarrizketarik hemen.
conversations-privately = Hemen besteek zure izenburuak irakurriko lituzkete. Idatzi /conversations pribatuan.
profile-yours = Zure profilak:
profile-none = Oraindik ez duzu profilik. “/profile save lana” idatziz gero, zure eredua, pertsonaia, doikuntza eta argibideak izen horrekin gordetzen dira.
profile-choose = Erabili profil bat
profile-saved = “{ $name }” izenarekin gordeta.
profile-used = Hemendik aurrera “{ $name }” profila erabiltzen da.
profile-deleted = “{ $name }” profila ezabatu da.
profile-unknown = Ez duzu “{ $name }” profilik. /profile komandoak zureak erakusten ditu.
profile-too-many = Gehienez { $most } profil izan ditzakezu: ezabatu bat /profile delete erabiliz.
profile-name-long = Izenak gehienez { $most } karaktere izan ditzake.
conversations-choose = Aukeratu elkarrizketa bat
conversation-untitled = Izenbururik gabe
conversation-is-hidden = ezkutatuta
conversation-is-private = entrenamendutik kanpo
conversation-title = Izenburua
conversation-title-how = Idatzi izenburua komandoaren ondoren: /conversations title Nire baratzea
conversation-title-empty = Izenburua ezin da hutsik egon.
conversation-titled = Izenburua aldatu da.
conversation-hidden = Jada ez dago zerrendetan. Hor jarraitzen du, eta /conversations komandoak aurkitzen du.
conversation-shown = Berriro dago zerrendetan.
conversation-delete = Honek elkarrizketa osoa ezabatzen du: mezuak, erantzunak eta balorazioak. Ezin da desegin.
conversation-delete-shared = Honek elkarrizketa honetako zure mezuak, haien erantzunak eta zure balorazioak ezabatzen ditu. Haien lekuan mezu hutsak geratzen dira. Ezin da desegin.
conversation-deleted = Eginda. Ezabatutako mezuak: { $messages }.
conversation-not-own = Elkarrizketa hori ez da zurea bakarrik.
button-conversation-title = Aldatu izenburua
button-conversation-hide = Ezkutatu
button-conversation-show = Erakutsi
button-conversation-delete = Ezabatu…
button-conversation-yes = Bai, ezabatu
button-conversation-keep = Ez, utzi
link-privately = Hemen besteek kodea irakurriko lukete. Idatzi /link pribatuan.
link-code =
    Idatzi hau beste plataforman hamar minutu baino lehen, nirekin txat pribatu batean:

    `/link { $code }`

    Behin bakarrik balio du. Ez esan inori.
link-wrong = Kode hori okerra, erabilia edo zaharregia da. Idatzi /link beste plataforman berri bat jasotzeko.
link-done = Zure kontuak lotuta daude: balorazioak, ezarpenak eta pribatutasun-aginduak bat dira orain. Onartzen duzuna /privacy aginduan dago.

## The web chat
# The language of these texts and the direction of its script ("ltr" or "rtl").
web-lang = eu
web-dir = ltr

web-app = Parley
web-guest = Gonbidatua
web-new = Elkarrizketa berria
web-conversation-more = Izenburua, ezkutatu, ezabatu
web-conversations = Elkarrizketak
web-conversations-none = Zure elkarrizketak hemen agertuko dira.
web-menu = Erakutsi elkarrizketak
web-menu-close = Itxi
web-theme = Argia edo iluna
web-skip = Joan mezuaren koadrora
web-transcript = Mezuak
web-latest = Joan mezurik berrienera
web-welcome = Zertaz hitz egin nahi duzu?
web-welcome-hint = Idatzi mezu bat behean, edo sakatu / aginduak ikusteko.
web-try-1 = Azaldu hiru esalditan zergatik den zerua urdina.
web-try-2 = Lagundu iezadazu lagun bati atseginez gogorarazten liburu bat zor didala.
web-try-3 = Emazkidazu bost ideia igande euritsu baterako.
web-there-tasks = Datu-multzo irekirako zereginak
web-there-plugins = Pluginak, beren aginduekin
web-there-who = Nork darama
web-there-nobody = Helbide hau eman dizunak.
web-there-more = Gainerakoa, eta zer gordetzen den
web-card-gone = { $command } komandoak hemen erakutsitakoa ez dago jada: ordubetez gordetzen da, eta berrabiaraztean galtzen da.
web-card-again = Erakutsi berriro
web-pick-model = Eredua
web-pick-persona = Pertsonaia
web-pick-preset = Erantzunen estiloa
web-choose-done = Eginda

web-by-prompter = Zu
web-by-assistant = Parley
web-by-notice = Oharra
web-by-command = Agindua
web-thinking = Parley pentsatzen ari da
web-reasoning = Arrazoibidea
web-writing = Parley erantzun bat idazten ari da.
web-said = Parley: { $text }

web-message = Mezua
web-message-placeholder = Idatzi mezu bat…
web-send = Bidali
web-send-hint = Sartu teklak bidaltzen du; Maius + Sartu teklek lerro berria hasten dute.
web-reply = Erantzun honi
web-replying = Honi erantzuten:
web-edit = Aldatu mezu hau
web-editing = Zure mezua aldatzen ari zara
web-mode-leave = Utzi
web-commands = Aginduak

web-copy = Kopiatu
web-copy-answer = Kopiatu erantzun hau
web-copied = Kopiatuta
web-copy-failed = Nabigatzaileak ez du kopiatzen utzi
web-show-all = Erakutsi dena
web-show-less = Erakutsi gutxiago
web-versions = Bertsioak
web-version-before = Aurreko bertsioa
web-version-after = Hurrengo bertsioa
web-version-of = { $branch }. bertsioa, guztira { $branches }
web-fetched = deskargatuta dago
web-file-once = Fitxategi bat behin deskarga daiteke.

web-close = Itxi
web-form-required = nahitaezkoa
web-form-choose = Aukeratu…

web-shortcuts = Teklatuko lasterbideak
web-shortcuts-on = Tekla soilek lasterbide gisa funtzionatzen dute
web-key-send = Mezua bidali
web-key-line = Lerro berria hasi
web-key-commands = Agindu bat idatzi
web-key-edit = Zure azken mezua aldatu (koadroa hutsik dagoela)
web-key-new = Elkarrizketa berria
web-key-leave = Menu, erantzun edo aldaketa batetik irten
web-key-press = Azken txarteleko botoi bat sakatu
web-key-submit = Formularioa bidali
web-key-list = Zerrenda hau erakutsi

web-offline = Konexioa galdu da. Berriro saiatzen…
web-unsent = Ezin izan da mezua bidali. Oraindik mezuaren koadroan dago.
web-reload = Erantzun bat idazten ari da. Orri hau segundo gutxian behin berritzen da bere kabuz.
web-again = Zure elkarrizketa irekitzen…
web-again-link = Jarraitu

web-admin = Orri honen administrazioa
web-admin-link = Esteka, edo haren # zeinuaren atzetik dagoena
web-admin-open = Egin nabigatzaile hau administratzaile
web-admin-already = Nabigatzaile hau orri honen administratzailea da.
web-admin-unknown = Esteka hau ez da hemen ezagutzen. Exekutatu «parley web admin» Parley dabilen makinan: balio duen esteka bat erakutsiko du.
web-admin-used = Esteka hau dagoeneko erabili da, eta behin bakarrik balio du. Exekutatu «parley web admin» Parley dabilen makinan beste bat lortzeko.
web-admin-expired = Esteka hau iraungi da: ordubetez balio du. Exekutatu «parley web admin» Parley dabilen makinan beste bat lortzeko.

web-error = Ez du funtzionatu
web-error-back = Itzuli elkarrizketara
web-error-form = Hau bidali duen orria zaharkituta dago. Kargatu berriro.
web-error-cookie = Zure nabigatzaileak ez du orri honen cookierik gordetzen, eta horregatik ezin dira zure elkarrizketak besteenetatik bereizi. Baimendu cookieak hemen eta kargatu orria berriro.
web-error-cookies = Zure nabigatzaileak bi cookie bidaltzen ditu orri honetarako, eta bat beste norbaitena izan daiteke. Ezabatu helbide honetako cookieak eta kargatu orria berriro.
web-error-not-yours = Elkarrizketa hori beste norbaitena da.
web-error-missing = Helbide honetan ez dago ezer. Fitxategi bat behin deskarga daiteke, eta ordu laurdenez egoten da zain.
web-error-large = Handiegia da: gehienez 2 MB bidal daitezke aldi berean.
web-error-busy = Orri gehiegi daude irekita aldi berean. Itxi batzuk eta saiatu berriro.
web-error-often = Gehiegi izan da aldi berean, zurea edo zure saretik. Itxaron pixka bat eta saiatu berriro.
web-error-store = Ezin izan da gorde, eta beraz ez da bidali. Saiatu berriro une bat barru.
web-error-internal = Zerbaitek huts egin du gure aldetik. Saiatu berriro.

# Slack: what it shows while we are at work, and what the assistant's pane suggests.
thinking = pentsatzen ari da…
suggestion-1 = Zerbait azaldu
suggestion-1-asks = Zer da zulo beltz bat, hiru esalditan?
suggestion-2 = Testu bat idatzi
suggestion-2-asks = Idatzi gonbidapen atsegin bat ostiralean elkarrekin bazkaltzeko.
suggestion-3 = Errore bat aurkitu
suggestion-3-asks = Emaitza okerra ematen duen formula bat daukat. Eskatu iezadazu eta lagundu errorea aurkitzen.

# Plugins
command-plugin = Gehigarriak: zerrendatu, bilatu, instalatu, eguneratu, gaitu, desgaitu, ezarri
command-plugin-action = zer egin
command-plugin-name = gehigarria
command-plugin-setting = ezarpen bat eta haren balioa
command-connect = Konektatu zerbitzuetan dituzun kontuak
command-connect-name = gehigarria; hutsik, konektatuta zer dagoen ikusteko
command-connect-code = saioa hasi ondoko orriaren kodea; hutsik, esteka bat jasotzeko
plugin-off = { $name } desgaituta dago hemen. Arduradun batek gaitu dezake: /plugin enable { $name }
plugin-slow = { $name }: denbora gehiegi behar izan du. Saiatu geroago.
plugin-says = { $name }: { $words }
plugin-wants-owner = { $name } pluginak makinaren jabearen sekretu bat eskatzen du, eta txat batetik instalatu zen. Jabeak terminalean instalatu behar du lehenik.
plugin-failed = { $name }: huts egin du. Jasota geratu da.
plugin-list = Gehigarriak
plugin-turned-on = { $name } gaituta dago orain hemen.
plugin-turned-off = { $name } desgaituta dago orain hemen.
plugin-configured = { $name }: { $setting }, orain: { $value }
plugin-offers = Eskaintzen duena
plugin-too-large = { $tool } handiegia da eredu bati eskaintzeko: { $characters } karaktere, gehienez { $most }
name-plugin = gehigarria
name-connect = kontua
plugin-cannot-ask = { $name }: lehenbizi zuri galdetu beharko lizuke, eta hemen ez da posible.
plugin-confirm = { $name }: egingo dut hau?
plugin-confirm-sending = { $name }: kanpoko testua sartu da elkarrizketa honetan. Bidal dezaket kanpora hemen idatzita dagoena?
plugin-confirm-to = nora doa: { $hosts }
plugin-confirm-anywhere = aldez aurretik ezagutzen ez den helbide bat
plugin-confirm-missing = [… hemen erakutsi gabe: { $characters } karaktere, lerroak: { $lines }]
plugin-confirm-long = Dena ez da hemen kabitzen. Begiratu dena erabaki aurretik.
plugin-confirm-all = Erakutsi dena
plugin-confirm-everything = Hau da dei osoa.
plugin-confirm-always = Beti zerbitzari honetarako
plugin-confirm-changed = Bitartean aldatu egin da, eta ez da egin; eskatu berriro.
plugin-confirm-too-long = luzeegia da pertsona bati erakusteko, eta hark onartu behar du
privacy-hosts = Kanpoko testua elkarrizketa batean sartu denean, galdetu egiten dizut bertako hitzak kanpora bidali aurretik. Hauetarako galdetu beharrik ez dudala esan zenuen: { $hosts }
button-ask-again = Galdetu berriro: { $name }
plugin-confirm-yes = Egin
plugin-confirm-no = Ez
connect-privately = Hemen besteek ikusiko lukete. Idatzi /connect { $name } pribatuan.
connect-first = { $name } erabiltzeko zure kontua behar da. Hasi saioa bidali dizudan estekarekin, eta eskatu berriro.
connect-no-address = Oraindik inork ezin du saiorik hasi: operadoreak web zerbitzaria gaitu behar du (web.enabled), eta web.public_url ezarpenean hara daraman https helbidea jarri.
connect-none = Hemen ez dago zer konektaturik { $name } izenarekin. /connect aginduak dagoena erakusten du.
connect-wrong-code = Hori ez da { $name } gehigarrirako zure orriaren kodea, edo zaharregia da. Idatzi /connect { $name } esteka berri bat jasotzeko.
connect-link = Zure kontua { $name } gehigarrira konektatzeko, hasi saioa hamar minutu baino lehen. Azken orriak kode bat erakusten du: idatzi hemen. Esteka zuretzat bakarrik da, ez pasa inori.
connect-sign-in = Hasi saioa: { $name }
connect-only-here = Estekak Parley dabilen makinan funtzionatzen du. Besteentzat, operadoreak web.public_url ezarri behar du.
connect-sure = “{ $account }” kontua { $name } gehigarrira konektatuko dut? Zuk zeuk eskatzen duzunerako bakarrik erabiliko dut.
connect-sure-unnamed = Saioa hasteko oraintxe erabili duzun kontua { $name } gehigarrira konektatuko dut? Zerbitzuak ez du haren izena esaten. Zuk zeuk eskatzen duzunerako bakarrik erabiliko dut.
connect-yes = Konektatu
connect-done = Konektatuta: { $name } ({ $account }). Eskatu berriro nahi zenuena. /connect aginduak zure kontuak erakusten eta deskonektatzen ditu.
connect-declined = Ez da ezer konektatu.
connect-ended = { $name } deskonektatuta dago, eta emandakoa ezabatuta.
connect-yours = Zure kontuak
connect-nothing = Ez duzu konturik konektatuta.
connect-more = Hemen konekta dezakezuna
connect-end = Deskonektatu { $name }
connect-page = Kontu bat konektatzea
connect-page-stale = Esteka hau erabilita dago, zaharregia da edo ez da hemengoa. Eskatu berri bat txatean /connect aginduarekin.
connect-page-mixed = Erantzun hau galdetu zitzaionaz bestelako zerbitzu batetik dator. Ez da ezer konektatu.
connect-page-denied = Ez duzu onartu; beraz, ez da ezer konektatu { $name } gehigarrira.
connect-page-failed = Saioa hasteak huts egin du; beraz, ez da ezer konektatu { $name } gehigarrira. Saiatu berriro txatean /connect aginduarekin, eta jakinarazi operadoreari horrela jarraitzen badu.
connect-page-account = Saioa hasi duzu kontu honekin: { $account }.
connect-page-unnamed = Saioa hasi duzu.
connect-page-for = Kontu hau norentzat konektatuko den: { $name } ({ $platform }); { $plugin } gehigarriarekin erabili ahal izango du.
connect-page-next = Zu bazara, idatzi hau zatozen txatean:
connect-page-not-you = { $name } ({ $platform }) ez bazara, itxi orri hau eta ez eman kodea inori: norbaitek bere esteka bidali dizu, eta koderik gabe ez da ezer konektatzen.
plugin-declined = Ez da egin.
button-not-yours = Galdera jaso duen pertsonak bakarrik erantzun dezake.
button-calls = Xehetasunak
plugin-rolled-back = { $name }: berriro { $version } bertsioan dabil.
plugin-remove = Kendu
plugin-remove-sure = { $name } kendu nahi duzu, gorde duen guztiarekin?
plugin-removed = { $name } kendu da.
plugin-installing = { $name } instalatzen…
plugin-catalogue = Katalogoa
plugin-none-found = Ez dago bat datorren ezer.
plugin-install-off = Hemen makinaren jabeak bakarrik instalatzen ditu gehigarriak.
plugin-not-in-catalogue = { $name } ez dago katalogoan. /plugin search aginduak zer dagoen erakusten du; makinaren jabeak beste batzuk instala ditzake.
plugin-there-already = { $name } instalatuta dago. /plugin enable { $name } aginduak hemen gaitzen du.
plugin-not-yours = { $name } beste batzuek instalatu dute; haiek edo makinaren jabeak bakarrik alda dezakete (`parley plugin`).
plugin-up-to-date = { $name } { $version } da bertsiorik berriena.
plugin-asks = Hau eskatzen du:
plugin-asks-more = Bertsio berriak aurrekoak baino gehiago eskatzen du:
plugin-asks-nothing = Ez du baimenik eskatzen.
plugin-from = Jatorria: { $source } ({ $digest })
plugin-operations = { $chosen } eragiketatik { $usable } erabil daitezke.
plugin-operations-chosen = { $described } eragiketatik { $chosen } aukeratu dira ({ $choice }).
plugin-left-out = Kanpoan geratu dira:
plugin-left-body = bidali ezin den motako edukia du
plugin-left-get-body = edukia duen GET bat da
plugin-left-key = beste era batera identifikatu behar da
plugin-left-many = gehigarri batek izan ditzakeenak baino gehiago dira
plugin-left-method = deitzen ez diren metodoak
plugin-left-parameter = eman ezin den parametro bat behar du
plugin-left-path = parametroak ez datoz bat bidearekin
plugin-left-reference = irakurri ezin den zerbait aipatzen du
plugin-left-size = parametroak handiegiak dira eredu batentzat
plugin-left-more = eta beste { $count }
plugin-left-all = Erakutsi kanpoan geratu den guztia
plugin-left-command = Kanpoan geratu den guztia: /plugin info { $name } { $word }
plugin-left-nothing = Ez da ezer kanpoan geratu.
plugin-install = Instalatu
plugin-installed = { $name } { $version } instalatuta eta gaituta dago hemen. Eskaintzen duena: { $offers }
plugin-updated = { $name }: orain { $version } bertsioan dabil. Eskaintzen duena: { $offers }
plugin-may = Egin dezakeena
plugin-walls = Isolatuta: { $walls }
plugin-may-host = hemendik datuak eskuratu: { $value }
plugin-may-secret = sekretu hau erabili: { $value }
plugin-may-schedule = ordutegi honen arabera exekutatu: { $value }
plugin-power-post = deitu dioten lekuan hitz egin
plugin-power-log = erregistro-kanalean idatzi
plugin-power-history = elkarrizketa bateko azken mezuak irakurri
plugin-power-schedule = bere buruari geroago deitu
plugin-power-storage = datuak gorde
plugin-hook-before-answer = galdera bakoitza irakurri, aldatu edo baztertu
plugin-hook-before-send = erantzun bakoitza bidali aurretik irakurri, aldatu edo atxiki
plugin-hook-on-rating = balorazio bakoitza ikusi
plugin-hook-on-task-done = amaitutako zeregin bakoitza ikusi

## Score
command-score = Erakutsi zure puntuak eta nola zenbatzen diren
command-score-board = Sailkapenetan agertu nahi duzun ala ez
command-leaderboard = Erakutsi nork dituen puntu gehien
command-leaderboard-frame = Zein denbora-tartetan
command-leaderboard-scope = Puntuak non irabazi diren
command-leaderboard-language = Hizkuntza honetako lana bakarrik
name-score = puntuak
name-leaderboard = sailkapena

score-title = Zure puntuak
score-frame-day = Gaur
score-frame-week = Azken 7 egunak
score-frame-month = Azken 30 egunak
score-frame-total = Guztira
score-line = { $what }: { $points }
score-level = { $level }. maila; hurrengorako falta diren puntuak: { $missing }
score-level-highest = { $level }. maila, gorena
score-streak = Egunak jarraian: { $days } (astean egun libre batek ez du haria eteten)
score-place = Zure postua hemen azken 7 egunetan: { $place }
score-shown = Sailkapenetan agertzen zara; `/score hide` idatziz desagertuko zara.
score-hidden = Ez zara sailkapenetan agertzen; `/score show` idatziz berriro agertuko zara.
score-now-shown = Hemendik aurrera sailkapenetan agertuko zara.
score-now-hidden = Aurrerantzean ez zara sailkapenetan agertuko. Zure puntuek balio izaten jarraituko dute.
score-nameless = Norbait

score-formula = Puntuak nola zenbatzen diren
score-part = { $what }: puntu bat { $number } bakoitzeko
score-cap = Gehienez { $points } puntu zenbatzen dira egunean.
score-days = Egunak UTC gauerdian hasten dira.
# What is counted, each followed by its points.
score-prompts = Eskari idatzia
score-prompts-accepted = Eskari onartua
score-replies-assistant = Laguntzailearen erantzun idatzia
score-replies-assistant-accepted = Laguntzailearen erantzun onartua
score-replies-prompter = Erabiltzailearen erantzun idatzia
score-replies-prompter-accepted = Erabiltzailearen erantzun onartua
score-labels-simple = Berrikuspen laburra
score-labels-full = Berrikuspen osoa
score-label-agreed = Emaitzarekin bat datorren berrikuspena
score-rankings = Erantzunen ordenazioa
score-rank-agreement = Emaitzatik hurbil dagoen ordenazioa, gehienez
score-placed-first = Zure erantzuna lehena da norbaiten ordenazioan
score-placed-second = Zure erantzuna bigarrena da norbaiten ordenazioan
score-placed-third = Zure erantzuna hirugarrena da norbaiten ordenazioan
score-best-first = Zure erantzuna lehena da emaitzan
score-best-second = Zure erantzuna bigarrena da emaitzan
score-gold-failed = Gaizki erantzundako praktika-ataza

leaderboard-title = Sailkapena
leaderboard-you = { $name } (zu)
leaderboard-here = Hemen
leaderboard-platform = Plataforma hau
leaderboard-everywhere = Edonon
leaderboard-own = { $name } { $place }. postuan dago (puntuak: { $points }).
leaderboard-none = Oraindik ez dago inor sailkapen honetan.
leaderboard-columns = eskariak { $prompts }, erantzunak { $replies }, berrikuspenak { $labels }, ordenazioak { $rankings }, lehen postuak { $firsts }

command-mywork = Erakutsi zer ekarri duzun eta zer gertatu den harekin
command-mywork-what = Zer zerrendatu
name-mywork = ekarpenak
mywork-title = Zure ekarpenak
mywork-prompts = Eskariak
mywork-replies = Erantzunak
mywork-labels = Berrikuspenak
mywork-rankings = Ordenazioak
mywork-none = Hemen ez dago ezer oraindik.
mywork-older = Zaharragoak
mywork-newer = Berriagoak
mywork-line = «{ $quote }» ({ $lang })
mywork-place = { $place }. postua
mywork-export = Osatuta dagoena baldintzak onartzen dituzun bitartean bakarrik esportatzen da, eta operadoreak zure plataformatik esportatzea baimentzen badu.
mywork-no-terms = Hauetatik ez da ezer esportatzen, ez dituzulako oraingo baldintzak onartzen. Ikusi /privacy.
mywork-is-held = moderatzaile baten zain
mywork-is-review = berrikusten ari dira
mywork-is-waiting = onartua, zozketaren zain
mywork-is-growing = onartua, bere zuhaitza hazten ari da
mywork-is-ranking = onartua, erantzunak ordenatzen ari dira
mywork-is-ready = esportatzeko prest
mywork-is-ranked = ordenatua eta esportatzeko prest
mywork-is-late = erabili gabe: bere zuhaitza osatuta zegoen
mywork-is-rejected = erabili gabe: berrikuspenean baztertua
mywork-is-stopped = erabili gabe: bere zuhaitza gelditu egin zen
mywork-is-deleted = erabili gabe: kendu egin zen
mywork-is-failed = erabili gabe: ordenazioak ezin izan dira bateratu
mywork-is-open = oraindik beste batzuei galdetzen ari zaie
mywork-is-decided = erabakita
mywork-is-agreed = besteek zuk bezala erabaki zuten
mywork-is-differed = besteek beste zerbait erabaki zuten
mywork-is-undecided = ordenazioetatik ez da ordenarik atera
mywork-is-unused = erabili gabe: mezua kendu edo bere zuhaitza gelditu egin zen
mywork-is-noted = jasota, erabakian eraginik gabe

stats-tasks = Zereginak
stats-agreed = Baldintzak onartzen dituztenak: { $people }
stats-actions = Jendeak emandakoa: { $whole } (eskariak { $prompts }, erantzunak { $replies }, berrikuspenak { $labels }, ordenazioak { $rankings })
stats-per-tree = Jendeak osatutako zuhaitzak: { $trees }; bakoitzeko emandakoa: { $actions }
stats-messages = { $language }: erabiltzaileen mezuak { $prompter }, laguntzailearenak { $assistant }, horietatik ereduek idatziak { $models }
stats-more-languages = eta beste { $number } hizkuntza
stats-agreement = Adostasuna
stats-reviewers = { $language }, «{ $label }»: bi berrikusleren bat-etortzea { $equal } (Krippendorffen alfa { $alpha }, mezuak: { $items })
stats-rankers = { $language }: bi lagunek bi erantzun ordena berean jartzea { $equal } (erantzun-taldeak: { $items })
stats-tree-initial_prompt_review = eskaria berrikusten
stats-tree-prompt_lottery_waiting = zozketaren zain
stats-tree-growing = hazten
stats-tree-ranking = ordenatzen
stats-tree-ready_for_scoring = kalkulatzen
stats-tree-ready_for_export = esportatzeko prest
stats-tree-scoring_failed = kalkuluak huts egin du
stats-tree-aborted_low_grade = eskaria baztertua
stats-tree-halted_by_moderator = geldituta
stats-tree-backlog_ranking = ordenatu zain

## Tasks
command-tasks = Lagundu entrenamendurako datu-multzo ireki bat sortzen: ikusi zer egin, edo jaso zeregin bat
command-tasks-kind = Zeregin mota
command-tasks-topic = Gai honi buruzkoak bakarrik
command-guide = Zeri begiratu zeregin batean, adibideekin
command-guide-kind = Zeregin mota
command-languages = Zein hizkuntzatan egiten dituzun zereginak
command-languages-languages = Hizkuntza-kodeak, adibidez «en es»; hutsik, zureak erakusteko
name-tasks = zereginak
name-guide = gida
name-languages = hizkuntzak
tasks-title = **Zereginak: { $languages }**
tasks-amount = { $theirs } zuretzat, { $open } irekita
task-menu = Zer gehiago dago?
task-random = Emaidazu zeregin bat
task-continue = Jarraitu nire zeregina
task-languages = Hizkuntzak
task-languages-now = Hizkuntza hauetan egiten dituzu zereginak: { $languages }. Aukeratu zerrendan, edo «/languages» eta kodeak idatziz: { $all }
task-languages-kept = Hizkuntza hauetan egiten dituzu zereginak: { $languages }.
task-language-unknown = «{ $language }» ez dago datu-multzoko hizkuntzen artean: { $languages }
task-consent = Zereginekin entrenamendurako datu-multzo ireki bat sortzen da. Haietan idazten eta epaitzen duzuna beheko baldintzen arabera argitaratzen da, ezizen batekin; /mydata aginduarekin dena ikus dezakezu, eta /forgetme aginduarekin ezabatu.
task-nothing-none = Une honetan ez dago zer eginik hizkuntza hauetan: { $languages }. Norbaitek idazten edo erantzuten duenean iristen dira zeregin berriak; /languages aginduak hizkuntza bat gehitzen du.
task-nothing-yours = Irekita dagoena ({ $languages }: { $others }) zurea da, edo zure zatia egina duzu: orain beste pertsona batzuk behar dira.
task-nothing-prompts = Badago nahikoa eskari zain ({ $languages }). Baloratu edo erantzun batzuk, eta orduan berriak beharko dira.
task-nothing-quota = Asko idatzi duzu minutu gutxitan. Hartu beste mota bateko zeregin bat, edo itzuli laster.
task-nothing-share = Lan asko egin duzu ({ $languages }): datuek ikuspegi bat baino gehiago erakuts dezaten, hobe da lehenik beste batzuek epaitzea. Bitartean, idatzi zerbait.
task-nothing-doubtful = Une honetan ez dago ezer zuretzat. Saiatu geroago, edo idatzi eskari bat.
task-title-initial_prompt = Idatzi eskari bat
task-title-prompt_with_reply = Idatzi eskari bat eta haren erantzun ideala
task-title-prompter_reply = Jarraitu elkarrizketa erabiltzaile gisa
task-title-assistant_reply = Erantzun laguntzaile gisa
task-title-label_initial_prompt = Epaitu eskari bat
task-title-label_prompter_reply = Epaitu erabiltzaile baten erantzuna
task-title-label_assistant_reply = Epaitu erantzun bat
task-title-rank_assistant_replies = Ordenatu erantzunak
task-title-rank_prompter_replies = Ordenatu erabiltzaileen erantzunak
task-minutes = { $minutes ->
    [one] minutu batez
   *[other] { $minutes } minutuz
} zurea
task-progress = eginda: { $done } / { $need }
task-role-prompter = Erabiltzailea
task-role-assistant = Laguntzailea
task-to-label = epaitu beharreko mezua
task-to-answer = erantzun beharreko mezua
task-turns-hidden = { $turns ->
    [one] beste mezu bat
   *[other] beste { $turns } mezu
}
task-good = Ona
task-ok = Hala-holakoa
task-bad = Txarra
task-spam = Spama
task-foreign = Okerreko hizkuntza
task-more = Gehiago…
task-judge = Epaitu
task-later = Geroago
task-skip = Ez da niretzat
task-why = Zergatik ez?
task-why-ask = Zergatik ez zenuen zeregin hori nahi? Ez duzu zertan esan; zereginak hobetzen laguntzen du, eta zure izenik gabe esportatzen da.
task-why-unsure = Ez dakit nahikoa
task-why-unclear = Ez da ulertzen
task-why-long = Luzeegia da
task-why-unpleasant = Desatsegina da
task-why-language = Ez dut hizkuntza menperatzen
task-report = Salatu
task-report-title = Salatu mezu bat
task-report-which = Zein mezu salatu nahi duzu?
task-report-answer = Salatu { $letter }
task-report-question = Salatu galdera
task-report-the-question = Galdera
task-guide = Gida
task-all = Irakurri dena
task-undo = Desegin
task-undone = Deseginda. Zeregina zurea da berriro.
task-back = Atzera
task-save = Gorde
task-next = Hurrengoa
task-submit = Entregatu
task-anyway = Entregatu dagoen bezala
task-edit = Aldatu
task-fresh = Hasi berriro
task-hold = Bidali moderatzaileei
task-held-back = egileak berak atxikia, egiaztapenaren ondoren
task-write = Idatzi
task-end = Galdera gehiagorik ez
task-write-here = Bidali zure testua mezu honi erantzunez, mezu batean edo gehiagotan; gero sakatu «Entregatu».
task-write-both = Bidali lehenik eskaria, mezu honi erantzunez; gero, buruan duzun erantzuna.
task-write-reply = Eta orain haren erantzun ideala, mezu honi erantzunez.
task-placeholder = Zure testua
task-draft = Zure testua orain arte
task-field-initial_prompt = Zure eskaria
task-field-prompt_with_reply = Zure eskaria
task-field-prompter_reply = Zer dioen orain erabiltzaileak
task-field-assistant_reply = Zer erantzuten duen laguntzaileak
task-field-reply = Haren erantzun ideala
task-tie = Berdin onak
task-tie-with = Azkena bezain ona
task-tap-back = Desegin azken ukitua
task-none-good = Bat ere ez da ona
task-rank-how = Ukitu erantzunak ordenan, onena lehenik.
task-rank-how-two = Ukitu erantzunik onena.
task-verdict = Oro har
task-verdict-fine = Ongi dago
task-verdict-fails = Erantzun txarra
task-verdict-spam = Spama edo sabotajea
task-flags = Hauetakoren bat dagokio?
task-tones = Zer tonu du?
task-tone = Nahi baduzu, esan zer tonu duen ere, edo gorde esandakoa.
task-scale-quality = Kalitatea
task-scale-helpfulness = Baliagarritasuna
task-scale-creativity = Sormena
task-scale-humor = Umorea
task-scale-toxicity = Zakarkeria
task-scale-violence = Indarkeria
task-thanks = ✓ Eskerrik asko.
task-gold-right = ✓ Horrela ikusten dute gehienek. { $why }
task-gold-wrong = Hemen gehienek beste zerbait esango lukete: { $why }
task-gold-agreed = Mezu hau epaitu duten guztiak bat datoz.
task-expires = Zure «{ $task }» zeregina zurea da beste { $minutes ->
    [one] minutu batez
   *[other] { $minutes } minutuz
}. Idatzi duzuna gordeta dago; gero beste batzuek ere jaso ahal izango dute.
task-call = { $tasks ->
    [one] Zeregin bat dago
   *[other] { $tasks } zeregin daude
} zain, norbaitek epaitu edo erantzun dezan. Ukitu batzuk nahikoa dira, eta datu-multzoa zurea ere bada.
task-stuck-nobody = «{ $language }» hizkuntzako ebaluazioa geldirik dago: bi astez inork ez du zereginik egin, eta zuhaitzak zain daude ({ $trees }). Bi lagunek berriro zereginak egiten dituztenean jarraituko du.
task-stuck-alone = «{ $language }» hizkuntzako ebaluazioa geldirik dago: bi astez pertsona bakarrak egin ditu zereginak, eta inork ez ditu bere testuak ebaluatzen. Zuhaitzak zain daude ({ $trees }). Beste norbaitek /tasks bidez zeregin bat egiten duenean jarraituko du.
task-stuck-barred = «{ $language }» hizkuntzako ebaluazioa geldirik dago: zereginak egiten dituztenetatik { $people } blokeatuta daude edo praktika-zereginak bakarrik jasotzen dituzte, beraz gutxiegi geratzen dira ebaluatzeko. Zuhaitzak zain daude ({ $trees }). «parley moderate trolls» aginduak erakusten du nor diren; beste bi lagunek zereginak egiten dituztenean jarraituko du.
task-tap = Zeregin hau bere botoiekin egiten da.
task-gone = Zeregin hori ez dago jada. Beste batzuk /tasks aginduan daude.
task-done = Zeregin hori eginda dago jada.
task-not-yours = Zeregin hori beste norbaitena da. /tasks aginduak zeurea emango dizu.
task-banned = Une honetan ezin duzu hemen zereginik egin. Akats bat dela uste baduzu, galdetu komunitate honen arduradunei.
task-too-fast = Zeregin asko eta asko izan dira { $minutes } minutuan. Hartu atsedenaldi labur bat.
task-too-many = { $tasks } zeregin dituzu abian. Amaitu edo utzi lehenbizi batzuk.
task-text-empty = Hor ez dago testurik. Idatzi zerbait.
task-text-long = Testu horrek { $characters } karaktere ditu; datu-multzoko mezu batek gehienez { $limit } izan ditzake. Laburtu, mesedez. Zirriborro gisa gordeta dago.
task-text-again = Duela gutxi entregatu duzu testu hori bera. Idatzi zerbait berria.
task-tree-closed = Elkarrizketa hori amaituta dago eta ez du erantzun gehiagorik onartzen. Beste batzuk /tasks aginduan daude.
task-message-gone = Bitartean mezua ezabatu egin da; beraz, ez dago zer epaiturik. Beste zeregin batzuk /tasks aginduan daude.
task-label-missing = Esan spama den ala ez ere, mesedez.
task-label-value = Etiketa batek ezin du balio hori izan: aukeratu eskaintzen direnetako bat.
task-rank-all = Jarri erantzun bakoitza bere lekuan behin bakarrik.
undo-late = Hori ezin da jada desegin: denbora gehiegi igaro da.
undo-built = Hori ezin da jada desegin: beste batzuk hortik abiatu dira.

## What a text is asked about
finding-short = Oso laburra da. Eskari edo erantzun osoa al da?
finding-one-character = Ia dena mota bereko zeinuak dira.
finding-links = { $count } esteka ditu; { $most } baino gehiagok publizitatearen itxura dute.
finding-pasted = «{ $found }» beste txatbot batetik itsatsia dirudi. Erabili zure hitzak, mesedez.
finding-copy = Erantzuten dion mezua errepikatzen du.
finding-email = Helbide elektroniko bat du: { $found }
finding-phone = Telefono-zenbaki bat izan dezake: { $found }
finding-iban = Banku-kontu baten zenbakia du: { $found }
finding-card = Txartel baten zenbakia du: { $found }
finding-ip = Interneteko helbide bat du: { $found }
finding-secret = Pasahitz edo gako baten itxurako zerbait du: { $found }
finding-language = Beste hizkuntza batean idatzia dirudi: { $language }. Hizkuntza egokia al da?
finding-near = Badago antz handiko eskari bat: «{ $text }»
finding-same-again = Lehen ere entregatu duzu testu bera.

## Moderation of tasks
command-moderate = Ikusi zereginetan salatutakoa
command-gold = Egin praktika-atazak ebaluatzaileak ados dauden mezuekin
name-moderate = moderatu
name-gold = praktika
mod-title = Salatua: { $kind } ({ $lang })
mod-kind-root = eskaria
mod-kind-prompter = erabiltzailearen erantzuna
mod-kind-assistant = laguntzailearen erantzuna
mod-says = { $who }: { $why }
mod-somebody = Norbait
mod-is-erased = Testua betiko ezabatu da.
mod-is-deleted = Kenduta dago: zeregin batek ere ez du erakusten.
mod-is-edited = Editatu egin da.
mod-is-halted = Bere zuhaitza geldirik dago.
mod-is-banned = Egileak ezin du zereginik egin.
mod-delete = Kendu
mod-restore = Berreskuratu
mod-halt = Gelditu zuhaitza
mod-reopen = Ireki berriz zuhaitza
mod-ban = Debekatu egilea
mod-unban = Kendu debekua
mod-dismiss = Baztertu salaketa
mod-edit = Editatu
mod-next = Hurrengoa
# Nork zer egin duen.
mod-did-delete = Kendu duena: { $who }.
mod-did-restore = Berreskuratu duena: { $who }.
mod-did-halt = Zuhaitza gelditu duena: { $who }.
mod-did-reopen = Zuhaitza berriz ireki duena: { $who }.
mod-did-ban = Egileari zereginak debekatu dizkiona: { $who }.
mod-did-unban = Egileari debekua kendu diona: { $who }.
mod-did-dismiss = Salaketak baztertu dituena: { $who }.
mod-did-edit = Testua editatu duena: { $who }.
mod-edit-title = Editatu mezua
mod-edit-text = Testua
mod-edit-send = Gorde
mod-edit-elsewhere = Hemengo inprimakietan ez da testu hori sartzen. Zerbitzari honen arduradunak edita dezake: `parley moderate edit { $id }`
mod-note = Oharra
mod-note-text = Egileari buruzko oharra
mod-note-known = Komunitate honetako moderatzaileek bakarrik ikusten dute oharra. Oharra nori buruzkoa den, hark testua /mydata bidez jasotzen du, zure izenik gabe.
mod-note-line = { $day }, { $who }: { $text }
mod-note-empty = Ohar horretan ez dago testurik.
mod-note-elsewhere = Hemen ez dago formulariorik. Zerbitzari hau kudeatzen duenak ohar bat idatz dezake: `parley moderate note { $id } "…"`
mod-noted = Oharra gorde da. Egile honi buruzko azken oharrak:
mod-none = Ez dago ezer moderazioaren zain.
gold-title = Praktika-ataza bat?
gold-add = Egin praktika-ataza
gold-next = Beste bat
gold-added = Komunitate honen praktika-ataza da orain.
gold-remove = Desegin
gold-removed = Ez da jada praktika-ataza.
gold-none = Ez dago ebaluatzaileak ados dauden eta oraindik praktika-ataza ez den mezurik.
gold-why = Arrazoia, erantzunaren ondoren erakusten dena
gold-gone = Praktika-ataza hori ez dago hemen.
gold-labels = Etiketa hauek ez dira posible mezu honetarako, edo ez dute esaten spama den.
mod-answer = Salatutako erantzun bat
mod-others-read = Hemen besteek irakurriko lukete. Erabili /moderate salaketen kanalean; arduradun batek /settings bidez aukeratzen du.
mod-gone = Mezu hori ez dago jada, edo besteek zaintzen dute.
mod-erased = Testu hori betiko ezabatu zen; ez dago zer berreskuraturik.
mod-no-author = Inork ez daki nork idatzi zuen: inportatua da, eredu batek idatzi zuen, edo egilea ahaztu egin da.
mod-not-halted = Zuhaitz hori ez dago geldirik.
mod-private = Norbaitek zuhaitz honen jatorrizko elkarrizketa entrenamendutik kanpo du. Hori kentzen duenean egingo du aurrera.
mod-prompt-deleted = Zuhaitz horren eskaria kenduta dago. Berreskuratu, eta zuhaitzak aurrera egingo du.
mod-text-empty = Ez dago testurik. Mezu bat kentzeko, erabili «Kendu».

## From a chat into the data set
command-contribute = Eman elkarrizketa hau entrenamendurako datu-multzo irekiari
name-contribute = ekarpena
menu-contribute = Egin ekarpena
button-contribute = Eman elkarrizketa
contribute-ask = { $turns ->
    [one] Elkarrizketa honetako mezu batekin
   *[other] Elkarrizketa honetako { $turns } mezurekin
} zeregin bat sortuko litzateke: beste pertsona batzuek epaitu eta erantzungo lukete, eta gerora baldintzen arabera argitaratuko litzateke. Kanpoan geratuko lirateke baldintzak onartu ez dituztenen mezuak ({ $others }) eta datu pertsonalak dituztenak ({ $held }).
contribute-nothing = Elkarrizketa honetan ez dago eman daitekeen ezer (baldintzak onartu ez dituztenen mezuak: { $others }).
contribute-terms = Ematen duzuna argitaratu egiten da; beraz, baldintzak lehenik: ikusi /privacy, onartu han eta saiatu berriro.
contribute-private = Elkarrizketa hau entrenamendutik kanpo utzi duzu; “/private off” idatziz desegiten da.
contribute-thanks = ✓ Eskerrik asko. Orain beste batzuek epaituko dute.
contribute-again = Elkarrizketa hau lehenago ere eman da.
prefer-which = Zein erantzun da hobea?
prefer-new = Berria
prefer-old = Aurrekoa
prefer-same = Bat ere ez
prefer-thanks = ✓ Eskerrik asko, lagungarria da.
setting-task-channel = Zereginetarako deien kanala
command-together = Aurkeztu zeregin bat kanal honi: denek eman dezakete botoa
command-together-kind = Zeregin mota
name-together = elkarrekin
together-lead = 🗳 **Denek eman dezakete botoa** · orain arte { $votes ->
    [one] boto bat
   *[other] { $votes } boto
}
together-closed-with = ✓ **Erabakita**, eskerrik asko · { $votes ->
    [one] boto bat
   *[other] { $votes } boto
}
together-thanks = ✓ Zure botoa zenbatu da (orain arte { $votes }).
together-nothing = Une honetan ez dago kanal batek bozka dezakeen ezer. /tasks aginduak zer dagoen erakusten du.
together-terms = Botoak argitaratu egiten dira, ezizen batekin: ikusi /privacy, onartu han baldintzak eta eman botoa berriro.
together-own = Honen zati bat zuk idatzi duzu; beraz, beste batzuek epaitu behar dute.
together-voted = Honi buruz botoa eman duzu jada.
together-closed = Hori erabakita dago jada. Eskerrik asko!
setting-tasks = Zereginak
tasks-off = Komunitate honetan zereginak desaktibatuta daude.

# What the commands of plugins that come with Parley do; in English as their code says it.
plugin-about-calc = Adierazpen bat kalkulatu edo unitateak bihurtu
plugin-about-currency = Diru kopuru bat moneta batetik bestera bihurtu
plugin-about-feed = RSS eta Atom jarioak jarraitu: berriak hemen agertzen dira
plugin-about-knowledge = Erantzunen iturri diren orriak eta testuak gehitu, ikusi eta kendu
plugin-about-lookup = Komunitate honen orri eta testuetan bilatu
plugin-about-moderation = Hemen nahi ez diren hitzak eta ereduak ikusi, aldatu edo probatu
plugin-about-read = Web orri, PDF edo testu-fitxategi baten testua irakurri
plugin-about-remind = Zerbait gogorarazi, zure hitzekin esandako unean
plugin-about-reminders = Zure hurrengo gogorarazpenak ikusi, edo bat bertan behera utzi
plugin-about-timezone = Zure gogorarazpenen ordu-eremua aukeratu
plugin-about-search = Webean bilatu eta emaitza onenak eman, beren estekekin
plugin-about-weather = Toki bateko eguraldia, orain eta hurrengo bi egunetan
plugin-about-wikipedia = Zerbait Wikipedian bilatu
command-arena = Bi erantzun alderatu, norenak diren jakin gabe
command-arena-question = Zure galdera; administratzaileentzat hauek ere: on, off, results
name-arena = arena
setting-arena = Zenbat galderatik batek jasotzen dituen bi erantzun alderatzeko
setting-best-of = Zenbat erantzunetatik erakusten den onena
arena-answer = { $letter } erantzuna
arena-which = Bi erantzun galdera bati: zein da hobea? Gero jakingo duzu bakoitza norena den.
arena-vote-a = A
arena-vote-b = B
arena-vote-good = Biak onak
arena-vote-bad = Biak txarrak
arena-vote-end = Amaitu eta argitu
arena-counted = ✓ Zenbatuta. Botoa alda dezakezu alderaketa amaitu arte.
arena-reveal = ✓ { $choice }. Eskerrik asko. A hau zen: { $a }; B hau: { $b }.
arena-ended = Alderaketa amaitu da. A hau zen: { $a }; B hau: { $b }.
arena-void = Oraingoan ez dago zer alderatu: erantzun bat falta da, edo biak berdinak dira.
arena-nothing = Hemen ez da ezer alderatzen. Administratzaile batek hasten du alderaketa, «/arena on» eta eredu, pertsona edo ezarpen baten izenarekin.
arena-private = Elkarrizketa hau entrenamendutik kanpo daukazu, beraz hemen ez da ezer alderatzen; «/private off» aginduak hori atzera botatzen du.
arena-quota = Alderaketa batek bi erantzun behar ditu, eta ez zaizkizue hainbeste geratzen. Saiatu berriro minutu batzuk barru.
arena-same = Bi aldeak berdinak lirateke hemen, beraz ez dago zer alderatu.
arena-unknown = Hemen ez dago «{ $name }» izeneko eredurik, pertsonarik edo ezarpenik. «/model», «/persona» eta «/preset» komandoek erakusten dute zer dagoen.
arena-ambiguous = «{ $name }» gauza bat baino gehiago izan daiteke. Idatzi hauetako bat: { $names }
arena-twice = Alde batek { $kind } bakarra izan dezake.
arena-enough = { $most } boto eman dituzu egun batean, eta gehiago ez lirateke zenbatuko. Eskerrik asko!
arena-over = Alderaketa hau amaituta dago.
arena-revealed = Badakizu zein zen zein, beraz zure botoa dagoen bezala geratzen da.
arena-on = Hemendik aurrera { $candidate } eta { $baseline } lehiatuko dira («own» bakoitzak aukeratu duena da). «/arena» eta galdera batekin alderatzen da; «/settings arena 20» aginduak 20 galderatik bat ere alderatzen du.
arena-off = Alderaketa amaitu da.
arena-how = Idatzi «/arena» eta galdera bat. Bi erantzun jasoko dituzu, hobea aukeratu, eta gero jakingo duzu zein zen zein.
arena-results = **{ $candidate }** vs **{ $baseline }** · botoak: { $votes } · pertsonak: { $people }
arena-results-votes = Hobea: { $won } · okerragoa: { $lost } · biak onak: { $good } · biak txarrak: { $bad }
arena-results-rate = Aukeren % { $rate } irabazten du (% 95eko tartea: % { $low } eta % { $high } artean).
arena-results-rate-few = Oraindik ez dago irabazien ehunekorik: gutxienez { $least } pertsonak bozkatu ondoren erakusten da.
arena-results-rate-ties = Oraindik ez dago irabazien ehunekorik: inork ez du bi erantzunetako bat hobetsi.
arena-results-held-out = Sustatzeko, beren datuekin ezer entrenatzen ez den pertsonen aukerak baino ez dira zenbatzen · aukerak: { $preferences } · pertsonak: { $people }
arena-verdict-better = Probak dio: hobea.
arena-verdict-not-better = Probak dio: ez nahikoa hobea.
arena-verdict-undecided = Probak amore eman du: botoek ez dute ez bata ez bestea esaten.
arena-verdict-open = Probak boto gehiago behar ditu.
promotion-begun = Hemendik aurrera { $model } modeloak erantzungo du hemen, { $before } modeloaren ordez, inork beste modelorik aukeratu ez duen lekuetan. Konparazio itsu bat irabazi du, edo Parley kudeatzen duenak aukeratu du; «/model» komandoak beste bat aukeratzen du.
promotion-ended = { $model } modeloak ez du gehiago hemen erantzuten; { $before } da berriro erantzuten duena. Arrazoia: { $why }
promotion-ended-by-itself = { $model } modeloak ez du gehiago hemen erantzuten; { $before } da berriro erantzuten duena. Haren erantzunak aurreko astekoak baino nabarmen okerragoak ziren, eta horregatik egin da aldaketa bere kabuz.
