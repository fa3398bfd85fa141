/**
 * Given names that are less common, G to M, in lower case and without accents (facts: names that are given in the countries of
 * Europe, the Americas, South Asia and West Africa); those that are words or places are left out. Alone they prove nothing.
 */
export const GIVEN_NAMES_RARER_G_M = `
gabe gabrielly gabrijela gaby gad gada gadang gading gaduh gaetan gagan gage gaglioffo gaiman gaio gaja
gajaadhar gajabahu gajadhar gajbaahu galak galang galar galasso galatea galdino galeazzo galileo galiono
gallego gallicano galo galuh galur galvarino gaman gamani gamanto gambira gamblang ganak ganaka ganapati ganda
gandewa gandharv gandharva gandi gandolfo ganep gangesh gangsa gangsar gani ganimete ganjaran gantar garan
garance garang gardner garett garfield garimberto garnet garnett garnier garrick garth garud garuda gaspard
gaspare gasti gastone gati gatien gatik gatot gatra gaud gaudenzia gaudenzio gaudino gauraang gaurang gauranga
gautam gautama gautami gauthier gautier gautiero gavino gawati gaye gazmend gbadebo gbeminiyi gbemisola
gbolahan gbowoade geanina gedeone gederts geertje geetanjali geetha geir gejza gelila gelsomina geltrude gema
gemine geminiano generosa generoso genesia genesio genesis genoveffa genta gentiana gentile genziano geo
geoffroy georgel georges georgianna geovanni geovanny geovany gerarda gerardus gerasimo geraud gerberge
gerbert gerdi geremia gereon gerfried gerhart gerhild gerino gerlind germain germana germano gernot gero
gerolamo gerolf geronzio gert gerta gerti gertraud gertraude gertraut gertrudis gervais gervasio gerwin gery
gesa gesche gesine geta ghaliyati ghanaanand ghanashyam ghani ghanshyam ghenadie gherardo gherghina ghilas
ghita giacinta giacinto giacobbe giadero giambattista giampaolo giampiero gianbattista giandomenico
gianfrancesco gianina gianluigi gianmarco gianmaria gianmario gianpaolo gianpiero gianpietro gianuario giasone
gica gicu giel giesela gifty gigi gigliola gijs gil gildardo gildo giliola gillo gilma gineto ginevra
gioacchina gioacchino gioachino giobbe gioberto gioconda giocondo gioele gioffre gion giona gionata giordano
giorgian giorgiana giosue giosuele giotto giovani giove gioventino giovenzio girardo girart girija girik
girika girindra giriraaj giriraj girja girolamo gisa gisbert gisella gislebert gislinde gitanjali gitta giuda
giuditta giulietta giulitta giusta giustiniano giusto gizela gladyce glauco glen glenna glennie gobinda
godeberta godelieva godelieve godiva godofredo goffredo goknur golda golia gomberto gondebaud gondulfo gonerio
gonthier gontran gonzague gopaal gopee gopi gorakhanatha gorakhnath gordan gordiano gosto goswamee goswami
gottardo gotthard gotthilf gotthold gottlob gotum gotz goundo gouranga goutam govinda goyo grace graciana
graciano graciliano granville gratian gratiana gratiela grato grayce grazia graziana graziano greca gregoria
gregorian gretel gretl greyson gricelda griet griffin grimaldo grit grover gualberto gualtiero guarino gubio
gudakesa gudakesha gudula guelfo guenda guendalina guenievre guenter guenther guerin guerrino guglielmo gui
guiberto guilhem guilhemine guillemette guiomar guiscardo guiseppe gulbahar gulcin gulegen guler gulnaz
gulseren gulten gumercindo gumesindo gunars gunay gundel gundelinda gundi gundolf gundula gunilla gunnel
gunnur gunsel guntram gurdev gussie gustaaf gustavine gusti guus guusje guvercin guyot guzey gwenael gwenaelle
gzim habil haby hadassa hadja hadjer hadley hadriel hadrien hafiz hafshah hailee hailie haim hairyanto hajar
hajo haki hal haleigh halie halim halle halley hallie hamed hami hamidou hamima hamsini hamzah hanae hania
hank hannabel hannchen hanni hanno hanns hanny hansgeorg hansjoachim hansjurg hansjurgen hansruedi hansueli
haralamb haralambie hardana hardi hardouin hardy harika harimurti harinakshi harinarayan harit harita harja
harjasa harjaya harjo harley harmon harol haroldo haron haroun harouna haroune harper harro harsana harsanto
harsaya hartaka hartana hartmuth harto hartwig haruka hasim hasna hassane hassie hasso hatouma hauke hava hawa
haya hayali hayat haylee haylie hazel hazle heath heber hedelin hedvig hedviga heema heide heidelinde
heidelore heidemarie heiderose heidrun hein heiner heinfried heini heino heitor heleen helfried helie helier
helin helio heliodoro helios hella helle hellen hellena hellmut hellmuth helmar helmtrud helmuth heloisa
hendrika henk henner hennes henni henrich henrick henricus henrike heracleea heraclio heraldo herberto
heribert herlinde herluin hermelinda hermenegildo herminda herney herrmann hershel heru herwig heryanto hester
hesti hettie hiba hidaya hidde hilaire hilarius hilary hildburg hildebert hildegart hildegund hildegunde
hillard hillel hilton hiltraud hiltrud himadri himani himawan hincmar hind hinrich hippolyte hira hiranmay
hiranmaya hiranya hobart hocine holden holger hollis holly homero honore honorine horea hortenzia horymir
hosea houcine howell hoyt hubertine hubertus humaira humeyra huub hylke hyman iacopo iacopone iago iancu
ianira ianis iara iasmina iban ibeth ibidapo ibironke ibou ibra ibrani ibrohim ibun ica icaro icha icie icilio
idan idell idella idrissa idriz idy ifa ifeanyichukwu ifora ige iginia iginio igino ignacy ignatius ignazio
ikbal ikeoluwa iker ikhidie ikhsan ikin ikram ilai ilana ilarie ilario ilarion ilay ilda ildebrando ildefonso
ildegarda ildegonda ilene ilia ilian iliane ilie ilies ilir ilka illidio illuminato ilmari ilmars ilonka ilqar
ilsa ilse ilva ilyan ilyana ilyane ilyass ilyes ilyess ima imad imam imen imene imer imge immacolata
immacolato immo imogen imogene imrane imron inaki incoronata inder indrikis indro indy inesa ingbert ingeburg
ingelore ingetraud ingetraut ingolf ingried inguna inigo inioluwa inken inmaculada innocente innocenza
innocenzo inocencio inocentiu insa intan inza ioan ioanina iole iona ione ionelia ionica ionne iorio iosefina
iosif ippazio ippocrate ippolito ireneo ireti iretioluwa iriana iride iridenta irinel iris irmela irmeli
irmengard irmhild irmi irmina irmingard irmtraud irmtraut irmtrud irnanto irsad irwin isabeau isabelly isacco
isadore isai isaia isak isaline isaque isaura isaure ischirione isee iseoluwa iseult ishaq iside isidore isin
isioma isis islom ismaele ismaila ismerie ismoil isolde isolina isom isotta isra israa issac issiaka ita
itziar iuliu iurie iustin iustina iustinian ivah ivanna ivano ivanoe iven ivetta ivone ivory ivy ixtiyar
iyabode iyad iyadunni iyed iza izaiah ize izel izia izolda izzy jaak jabal jabari jacey jacklyn jacoba jacobus
jacopo jacynthe jade jader jadesola jadon jadranko jadyn jaeden jaelynn jaeman jaga jagadish jagadisha
jagapati jagaraga jagathi jagdeep jagmeet jahnu jaida jaiden jaider jailey jailyn jaiman jaimini jaimy jais
jaivey jaka jakayla jakov jaleel jalen jalol jalon jalou jalyn jamalia jamar jamarcus jamel jameson jamey
jamir jamiro jamison jammie janae janaina janessa janeta janett janic janin janiya jannah jannek jannes
janneth janni janosch jany japhet jaquan jaquelin jaren jarl jarne jaro jarolim jaromira jarred jarrell jarret
jarrett jarvis jarwa jarwadi jarwi jasin jasmani jasmijn jassem jassim jasur jaswadi jati jatmiko jaunita
javas javi javohir javon javonte jax jaxx jayadi jaycee jaydon jayeng jaylan jaylano jaylin jaylinn jaylon
jayme jayvano jazeps jazlyn jazmyn jazmyne jazzlyn jazzlynn jeanie jeannel jeannot jeanny jedediah jedidiah
jef jeferson jefferey jefferson jeffry jefri jefta jehanne jeisson jekabs jela jelita jelka jella jelmer jelte
jenaro jenel jennah jennings jennyfer jensen jente jeppe jerad jeramie jeramy jere jerel jeremi jergus jermain
jermey jerod jeroen jeromy jerrell jerrod jerrold jesslyn jesslynn jessyca jesusa jetmir jeton jett jettie
jevon jewell jhan jhoana jhony jibril jidde jihane jil jimi jinane jinawi jindra jinte jinthe jip jitender
joah joanie joannes joannie joany joas jobst jochem joelina joeline joep joerg joeri joes joesph joffrey
johathan johnathon johnpaul johnson joi joke jolanthe jolayemi joleen jolien jolijn jolin jolina jomar jono
jonte joojo jop joppe joran jordana jordane jordyn joren jorin jorn jorrit jort joscha joschua josefien
josepha josephin josephina joshuah josianne joso josse josselin jost josy joud jourdain jovani jovanny jovany
jovin joya jozue juanito juda judah judd judicael juergen jula julan juli julieth julijs julika julina juliusz
jumadi jumari junayd juni junia juno junon jurg jurre jusra juste justen juston juvenal juwan juwon jyothi
jyotis jyotsana kaat kacey kaci kacie kacung kada kaden kader kadiatou kadidia kadidiatou kadin kady kaela
kaelyn kagiso kahina kai kailash kailee kailey kailyn kaina kaique kairav kais kaj kala kale kalea kaleigh
kaley kali kalidou kalim kalinda kallie kaltrina kama kamalesh kamaria kambali kamidin kamiel kamille kamilly
kamla kamren kamryn kanak kanaka kane kani kania kanishka kannan kannen kanti karaca karam karamba karamoko
kardi kare karelle kariane karianne karimah kariman karja karlee karlfried karlheinz karlie karlijn karlotta
karman karmela karna karola karolann karolien karoliina karsa karsana karson karta karunanidhi karya kasandra
kasey kashyap kashyapi kasimir kasiran kasiyah kassim kastriot kasusra kata katalina katelijne katelin katell
katelynn katherinne katheryn kathlyn kathrine kathryne kati katina katleen katlyn katlynn kato katrien katrijn
kattie kavitha kavon kawaca kawaya kaycee kaylah kayley kayli kayliah kaylie kaylin kayna kayode kayra kays
kayun kazi kazimir keagan keano keara keaton keba keeley keenan keerthi keerti kees keet keji kellen kelsi
kelsie kelton kelya kelyan kemba kemi kenari kendrick kenes kenna kennedi kennith keno kensi kenton kenyatta
kenyon kenza kenzi kenzo kenzy keon keren kerim keshaun keshawn ketsia keven kevim kevon keyan keyla keyon
keyshawn kezia khadidiatou khadidja khadim khalifa khem khoudia kiandra kianna kiano kiarra kike kikelomo
kiley kilyan kimi kimo kin kine kip kismet kitty kivilcim kiyan kjeld klare klaudie klavs klea kleber
klementina klementyna kliment klothilde knud koby kody koenraad koko kolawole kolby kole koloman konstanty
konstantyn konstanze kopano kora korbin korbinian kordula korede korey korinna kory kraig kreszentia kreszenz
kriemhild krijn kris krishnadas krishnadasa krisjanis kriss kristan kristiaan kristiane kristien krisztofer
krystel krystina krystof kubura kuddusi kujoe kujtim kumari kumuda kumush kuncara kunibert kunigunda kunigunde
kunkyi kuno kunthara kursad kushtrim kvetoslav kwamena kwesi kyano kyla kylee kyleigh kyler kylian kyliann
kyllian laal labinot labuh lachlan lacy ladarius ladislao ladislau ladislaus ladji lahna lai laia lais laisha
lajos laksana lakshman lakshmidhar lakshminath lal lala lale lalie lalo laly lamberto lamine lamont lanang
lance lancelot lancilotto landen lander lando landolfo landry lane laney lanfranco langgeng lanjar lantar
laora lapo laras larina laron larue lascar lasmanto lasmono lassana laswi latha laurane laureano laurel
laureline laurene laurentia laurentino laurian laurianne laurina laury lautone lavada lavern laverna lavina
lavinio lavize lavon lavonne lawrencia lawson laxman layana layanah laylo layne lazare laziz lazzaro leandre
leane leanna leart leatha ledion leelou leen leendert lega legawa lehna leia leider leilani leina leire leke
lelah lembah lemuel lene lenia lenin lenja lenna lennard lenne lennert lenni lennon lenora lenore leny lenya
leocadia leocadio leola leoni leonia leonilda leonio leonis leonne leontin leonzio leopardo leopolda
leopoldina leopoldine leora lera lere lesana lessie leta letha letterio leu leufroy levana levin levio levke
levoslav levy lew lewin lex lexus leya leyan leydi leyna leyre lhanzey liah liara lias liba libardo libbie
liberata liberato liberatore libere libero liberto liboria liborio libusa lica liceth licia lidania lidio
lidwina lidya lieke lien liesa liesbet lieschen liesel lieselot lieselotte lietald lieto lieuwe lieve lieven
lieze lilas lilianna lilie lilith lill lilliana lilo lilou lilwenn lilya lilyan limar lindita linne linnie
linoi linoy lintang linwood lio lioara lioba lior liora liridon liridona lirim lirjan liron lirone lis lisann
lisanne lise liseth lison lissi lissy lital litzy liviana livino liya liyah liyam liyan lizbeth lize lizz
lizzie lizzy ljuba loane lode lodewijk lodovica lodovico loek loes loet lohan loic loida loise lolade loma lon
lona longin lonie lonny lonzo lope loreen lorella loreno loreto lorian loriana lorik lorrain lota lotfi
lothaire lott lotta lottie loua louan louana louane louann louay louca louison louka loula louna lounis loup
lourenco louvenia lova lowie loy loyce luara lubomira lubor luboslav luboslava luce lucentiu lucero luchino
lucho lucilla lucious lucrecia lucretiu lucrezia ludano ludger ludie ludmilla ludo ludolphe ludomil ludomila
ludovic ludovico ludovicus ludovit ludwina lue luej luella luena luhung luigia luigina luisana luitgard luiz
luk lukita luljeta lulu luluh lulut lulzim luminosa lumir luna lune lunna lupe lupita lura lurhur lurline
lutfan lutgarde lutgardis lutgart luthfi luuk luus luwar luwes lux luzie luzius luzmira lya lyam lyan lyana
lyda lydiane lydianne lyes lykke lylia lylou lyn lyna lyne lysanne lysiane maan maartje maas maayane mabelle
macaire macarena macaria macario maccabeo mace maceo macey maci macie mack mackenzie mactar madalena madaline
madalyn maddalena maddox madelief madelyn madelynn madge madie madilyn madisen madisyn madita madlaina madleen
madleina madlen madonna mady madyson maegan mael maelie maeline maelis maely maelyne maelys maes maffeo
magalie magarete magdalen maggiorino magno magnolia magret magrit maguelone maguette mahamadou mahault mahaut
mahesa maheswar mahfud mahulena maica maike maikol maila mailin mailo maily mailys maimouna maimunah maina
maiorico maira maisa maissa maissane maisy maivi maiwenn maiya maj makan makara makarena makenna makenzie
makhtar makinwa maks makuta malachi malati malco malek malick malinda mallaury mallie malo malone malthe malti
malu mamady maman mamante mamen mamert mamoudou mamour manah manar manasse manca mancio manda mandaakin
mandakini manel manelle manetto manfredo mangala mangalya mani manik manikya manil manila manilio manja
manjusha manley manlio manoah manola manole manolo mansour mansueto mansur manu manuele manuella manuelle
maqsud marah maram marana maras marcantonio marceau marcelin marcellus marcheta marciano marcu mareen mareike
mareile mareme mareta marga margana margarethe margarett margaretta margarette margaritha margaud marge
margitta margo margoth margreth margrethe margrith marguy mariadi mariame mariane mariangela maricarmen
maricica maricruz mariechen marieke mariele marieluise mariem marieme marijke marijn marilie marilu mariluz
marilyne marinella marinetta marinette marino marinus maris marise marisel maristela marite mariuca marjane
marjolaine marjory marla marlee marleny marli marlie marliese marlise marlo marloes marly marnie marnix marolo
marouane marques marquis marquise marrit marsito marsudi martaka martana martani marte marten martijn martino
martirio marut maruta marwa marwan marwane marwata marwen marwin maryadi maryanto maryjane marylou maryvonne
marzia marzio massamba massiel massima massinissa matar matheus mathurin mathys matis matiss matisse matous
matroniano mattea mattes matthaus mattheo matthijs matthis mattis matus matylda matys matz maudie maugis
maurilio maurin maurus maverick mavie mavis mawuena mawusi maxellende maxence maxens maxi maxie maxima
maximiano maximillia maximillian maximino maxwell mayane mayar maybell maybelle maye mayerly mayeul maykol
mayla mayline maylis maymie maynard mayoor mayson mayssa mazie mazlum mbaye mckayla mckenna mechthild
mechthilde mechtild medard medardo mederic medine medoro medoune mees meggie meghnad meghnath meik meinhard
meinolf meire meissa mekhi mel melanine melanio melchiade melchior melchiorre melchor melek melezio melia
melichar meline melis melisande melissandre melita melitina melitta melle mellie mellina mels melusine melvil
melvina melvyn melyna melyssa menahem menaka menardo mence mendel menelao meneo menka menno mennone menodora
meral mercede mercedes merche mercia mercurio meret merete mergim meriam merijn merita merjem merl merovee
merritt mertie merwan mery meryam meryl messalina metehan metello metod metrofane metta mevlut mex meyra
michala michale michelangelo micheletto michelotto michiel midas mieke miel miguela miha mihajlo mihnea mija
mik mikel mikelis mikki mikyas milan miley milhan milic millaray mille miller milou miluse mima mimi mimma
mimoza mimy mina minakshi minervina minervino mink minodora mio mioara mirabela mirac miracle miray mireia
mirian mirlinda mirocleto mirre mirta mirte mirtha mirthe miruna miryam mirza misaele mischa mislav misra
misty mitch mitica mitrut mittie mitzy miya moa moche moctar modesta modibo modupe mody mofifoluwa mohamadou
mohana mohand mohinder moise moisette mojisola mojisoluwa monaldo monalisa monde monja monserrate monty moos
moradeke morayo morenike morgana moriah moric morolake morton mory moshe mosinmileoluwa mossie mosunmola
motunrayo mouctar mouhamadou mouhamed mouhameth mouhammadou mouloud mounika moustafa moustapha moyosore mozell
mozelle mubina mugur mugurel muhamet muharrem muhsin mujde mujur muktedir mukul muli mulya mulyanto mulyono
mumpuni mumtaz munif murilo murl murod murphy mursinin mursita murti mustafo mustika mustofa mutasim mutia
muyiwa muzaffer muziano myah myla mylan myles mylo myrl myrtha myrthe myrtice myrtie myrtille myrtis myrtle
`;
