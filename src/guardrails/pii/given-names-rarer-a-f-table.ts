/**
 * Given names that are less common, A to F, in lower case and without accents (facts: names that are given in the countries of
 * Europe, the Americas, South Asia and West Africa); those that are words or places are left out. Alone they prove nothing.
 */
export const GIVEN_NAMES_RARER_A_F = `
aadi aadidev aadinath aaditya aadrika aagam aagney aagneya aalok aaltje aamod aanand aanandaswarup aanandinii
aanjaneya aanuoluwapo aaratrika aarya aaryan aasa aasha aashritha aatmaj aatmaja aatreya aayushmaan aayushman
abaco abagail abani abbey abbigail abbondanza abbondanzio abbondio abbos abd abdel abdelatif abderaouf
abderrahmane abdiel abdon abdone abdonie abdou abdoul abdoulaye abdourahmane abdramane abe abebi abeiku
abelard abele abelin abeline abena abeni abenzio abhaidev abhaya abhirath abhisyanta abibatou abibo abigaelle
abigale abigayle abilio abiona abisola abisoye abondance abou aboubacar aboubakar abramio abramo absalon aby
abyasa acace acacie acacio acanthe acar acario acaryatanaya accursio achaire achalesvara acharyanandana
acharyasuta achiel achintya achraf acilay acilia acilio aciscolo acrisio adah adalard adalardo adalbald
adalbaude adalberon adalbert adalberta adalfredo adalgisa adalgiso adaline adalric adalrico adalsinde adama
adame adar adaugo addie addolorata ade adea adebiyi adeboye adebukola adedeji adegoke adegrin adegrine
adekitan adekola adelardo adelasia adelberto adelchi adelfo adelgardo adelgunde adelie adelin adelinde adell
adella adelle adelmo adelphe adeltrude aden adenet adeniyi adeodat adeodato adeoti adepeju aderopo adesewa
adeshina adesoji adesua adetayo adetoke adetoun adeyi adheesh adhemar adhiarja adhiraj adhrit adiarja adib
adiela adika adikara adikavi adin adinata adinath aditeya adityanandan adityanandana adja adjutor adolfine
adolfs adolph adolphe adolphie adolphus adone adonise adora adoracion adrain adrastee adrehilde adria adriaan
adrione adripathi adunni advaya adwitiya aenne afaq aferdita afolarin afonso afra afrim afro afruza afton afua
agabio agamennone agape agapet agapito agasti agastya agathange agathon agaton agazio agca agenore agesilao
agilbert agilberte agim aglaia agnan agnane agneflete agnesa agneya agnimitra agniprava agnivesh agnolo agnos
agostina agostino agrata agripina agrippa agrippin agrippine agron ahalya ahilya ahsen aiace aidano aimable
aime aimone aina ainara ainoa aishani aissa aissata aissatou aisyah aitana aitor aiyana ajala ajan ajana ajani
ajda ajeet ajeng ajiman ajimat ajimin ajiono ajita ajla ajlin ajna ajoke akande akanmu akanni akarsana akbas
akboga ake akeem akinkunmi akinlabi akinwale akmal akofa akorfa akram akroor akshainie akshaj akshat akshata
akshayakeerti akshita aksil akula akumaa akunna akwesi ala aladin aladino alaina alaine alais alamanno
alambana alamiro alamu alanis alano alara alarico alassane alayna albane albano albeiro alberade alberic
alberico albertha alboino albrico albulena alceo alceste alcibiade alcide alcidie alcime alcina alcine alcino
alcira alcyone aldair aldegonde aldemar alden alderano aldin aldobrando aldonce aldonza aldric aleandro
aleardo aleaume aleen aleida aleix alejandrin alejandrina alek aleksa aleksej aleksi alene alenia aleodor
aleramo alessa aleth aletha alexa alexandar alexandrie alexandrina alexandro alexe alexei alexi alexie alexine
alexys alexzander aleya alf alfio alfonsa alfonsina alfonz alfonzo alford alfreds algiso alica alicja alienor
aliette alighiero alika alima aliou alioune alirio aliro alis alissia alistar alivia alixe aliza alizee alka
alla allana allene alliaume allie almendra almerigo almine almire almiro almudena almut almuth aloise aloisio
alojz alon aloyse alparslan alphee alphonsine alphonso alpinien altea althea althee altin alvah alveiro alvena
alvera alverede alverta alviero alvine alvis alvise aly alya alyah alyce alysa alysha alyson alyssia amabile
amada amadea amadeo amadeus amadou amady amael amaliane amalric amalthee amancio amande amandin amando amant
amante amanzio amaranaath amarande amaranthe amaranto amaresh amari amarilis amarnath amaru amaryllis amata
amath amato amatore amauri amaury ambra ambre ambrine ambrogio ambroise ambroisie ambrosiano ambrosio ambroz
amdy amea amedee amedeo amedeu amel amela ameliane amelien ameline amelio amely amen amerigo ameth amethyste
ameyatma amicie amico amiel amilcar amilcare amin aminat aminte amintore aminu amish amiya amleto amodini
amogh amoke amon amone amope amor amore amour ampelio amra amritambu amya amza anaadi anacleto anae anael
anaelle anagh anahis anaida anala anamarija anamika ananda anandamayi anang ananta anar anasooya anass
anastacio anastase anastasie anastasija anastasio anastazie anastazija anasuya anatole anatoli anatolia
anatolij ancelin anceline ancilla ancizar ancuta andel andelin andelina andeol andjelina andoche andrada
andreane andreanne andreja andrian andrija andrina andromeda ane anej anel anemona anemone angadreme angele
angelino anggabaya anghel anghelina angilbe angilberte angilran angoustan ania anicee anicet aniceto anicette
anik anila anilaabh anilabh anish anisoara anitha aniya aniyah anjaneya anjelica anjolaoluwa anjushree
anjushri ankal annaelle annagrazia annaliese annamae annapurna annedore annegret annegrete annekatrin anneleen
annelene annelore annemijn annerose annett anni annibal annibale annonciade annunziata anom anouar anouck
ansaldo ansbert ansberte ansel anselm anselma anselme ansgar anshula ansley ansovino anstrudie antea antelmo
anthelme anthelmette antide antigone antim antimo antino antioco anto antoaneta antone antonela antonello
antonetta antonette antonieta antonine antonios antoniu antoon antwan antwon anu anuar anuja anunay
anunciacion anuraag anusuya anuta anvar anwesha anyelo anyi aphelie apolena apolinar apollina apollinaire
apollinare apolline apollonia appia appoline apsara apuleio aqil aquiles aquilin aquiline aquilino arabelle
aral araldo aram arame aran aranzazu aratone arben arbey arbnor arcadie arcadio archambaud archan archange
archimede archippo arcibaldo ardella ardian ardit ardita ardith ardito arduino arely aren aresio arezki
argemiro argimiro argine argo argono aria arialdo aribert ariberto aric aricie arie ariel ariela ariele arij
arija arijit arike arin arindam arinola arion ariosto arisa aristarco ariste aristeo aristides aristione
aristita aristo aristofane aristotele arlet arlie arlind arlinda armance armande armandine armani armel
armeline armelle armend armide armine arminio arnau arnaude arnd arndt arnel arnesh arnfried arnim arnost
arnould arnulf aroa arolde arona aronne arrigo arsene arsenie arsim arsinoe arsipatra artan artanto artawan
artemis artemisa arthaud artheme arthurine arthus artis arturs artus arved arvel arvids arvilla arvo arwen
aryanna asa asad asafe asake ascanio ascelin asceline asdrubal asdrubale asel asella ashlesh ashly ashlynn
ashmi ashton ashtyn asila asilbek asim asimodeo asirwada asirwanda asiya asja aslesha aslijan asmadi asman
asmianto asmita asmuni assa assetou assil assomption assunto assya astarte asterie asterio astianatte astou
astree astrida astride astrit asuncion aswani atalay ataleo atanasia atanasio atasagun atenulf athalie
athanase athanasie athenais athina athos atila atilgan atinuke atlas atma atmanand atmananda atreyee atreyi
atta attilano attilio aube aubertine auberto aubin aubree aubry audace audebert audeline audie audouin audra
audran audreanne augustus aurea aurele aureliana aureliano aurelienne aurelija aurelle aurian auriane aurica
auro auron ausilia ausiliatrice ausilio austen austyn auxane auxence avadhesh avani avantika ave aveline
avelino averardo avery avi aviel avigaelle avis avital avoye avram avril awero awesi axeline axenia axinte aya
ayah ayebatari ayelen ayem aygun ayinke aylan ayline aylla aymane aymard aymardine aymeric aymon aymonde
ayodeji ayoka aysar ayushmati aza azad azahar azahara azalea azalee azban azeglio azelia azelie azeline azelio
azeneth azubuike azzurra baaba baala baalaaditya baalagopaal babacar babasola babatunji babawale babett babila
baccio bacco badis bafode bagas bagiya bagya bahadir bahula bahuraksa bahuwarna bahuwirya baidehi baijayanti
bailee bairon bajragin bajram bakary bakda bakiadi bakianto bakidin bakijan bakiman bakiono bakti baktiadi
baktianto baktiono bakula balaaditya balachandra baladitya balagopal balagovind balamani balamantri balangga
balapati baldassare baldassarre balderico baldo baldomero baldovino balduino balgopal balidin balijan baltazar
balthazar balz bambi bambina banara banawa banawi bancar bandhu bandhul banel banji bankim bankimchandra banna
baptist barak baran barbarigo barbe barbel barbro barbu bardomiano barica barnaba barnabas barnabe barney
barrett barsaba barsimeo bartel barthelemy bartholomaus bartholome bartimee bartolo bartolome bartolomea
bartolomej bartolomeo bartolomeu barton basanti basarab bashkim basile basileo basilia basilisse basma
bassiano bassilla bastiaan bastian bastiano bathilde batilda battista baudelio baudouin baya baylee beato
beatrijs beaulah bebe beda bedri begona behrem behruz bekim bekir belarmino belina belisario belle bellino
belo beltramo benadik benedetta benedetto benedicto benedikt benedikta benedita bengt beni beniamin beniamina
beniamino benice benigna benigne benja bennet benone bento benton benvenuta benvenuto benyamin beppe bera
beranger berangere berard berardo berat berengario berengere bernadetta berneice bernfried bernhardine bernie
berniece bernita bernward beronico berra berran berry berthold bertille berto bertold bertoldo bertolfo besart
besarta besim besnik bethel betta bette betti bettie bettye beuve beya bhaanumati bhaasvan bhaaswar bhadra
bhadraksh bhadran bhagavaan bhagirathi bhagvan bhagwanti bhagwati bhamini bhanumati bharadwaj bharat bhardwaj
bhargava bhargavi bhasvan bhaswar bhaumik bhavani bhaves bheeshma bhekizizwe bhilangana bhima bhisham bhishma
bhoj bhoopat bhoopati bhooshan bhooshit bhramar bhudev bhudeva bhupati bhupen bhushan bhushit bhuvanesh
bhuvaneshwar bibek bibiano bice bieke biel bienvenida bigna bijay bikash bilel bilol bilva bilwa bindo bineta
bino binta bintou birane birdie birgid birgitt birgitte birino birjesh biserka bishal blair blanche blandine
blanduzia blerim blerina blerta bless bluette boas boaz boban bobbi bobur bodhi bodi bodil boet boga bohdan
bohdana bohemond bohus bohuslava bolatito boluwatife bon bonagiunta bonaldo bonaventura bonavita bongani
bonifac boniface bonifacio bonita bonito bora borka bortolo borut borys bouba boubacar boubou bouchard
bozidara braden bradly bradut brady braeden brahma brahmaanand brahmabrata brahmanandam brahmdev brajendra
brajesh bram brancaleone brandt brandyn branimira brankica brannon branson brant breana breanne brecht brenden
brenn brenna brennan brennon bria briac brianne bridie briek brielle brieuc brionna brisa brock broderick
brody brook brune brunehaut brunehilde brunhild brunhilde brunilda brunilde bruto bryana brycen bryon buchi
buck bucur bud buddhana buddy budhil budimir buenaventura buford bujar bukurije bulah burckhard burdette
burghard burim burkard burkhard burkhardt burley burnice buster bystrik cacilie cade caden caesar caetana
cagak cager caglar cahyadi cahyanto cahyono caino caio caius caket cakrabirawa cakrabuana cakrajiya cakrawala
cakrawangsa calanico calcedonio calebe caleigh cali calin calisto calixta calixte calixto callie callisto
calogera calpurnia camelien camil camilia camillien camillo campo camren camron camryn camylle candela
candelario candelas candide candra candrakanta cannur cansin cantidio canziano capa capitolina caraka carey
caribert carin carissa carlee carles carleton carley carli carlie carlijn carlito carloman carmella carmenza
carminho carmo carola carolanne carolien caronte carponio carter carub casemiro casian casiana casilda casimer
casimir casimira casimiro caspar cassiano cassien cassio cassiopea cassiopee castille casto cataldo cataleya
catena catharine cathrin cathryn catia catinca cato catrinel catullo catur caturangga caua caue cavid cawisadi
cawisono cawuk cayadi cayetana cayetano cayla cazimir ceasar cebrian cecco cecep cecilio cecille cedrick
cedrik cedrin celal celeste celestina celian celie celien celinda celinia cemani cemeti cemplunk cengkal
cengkir centa cerasela cerise cesaire cesare cesario cetin ceyda ceyla ceylin cezara chaanakya chaaruchandra
chabane chadd chadrick chahine chahinez chaim chaitan chaitanya chakor chakradhar chakravartee chakravarti
chakrika chanakya chanda chandak chandani chandi chandini chandira chandni chandraayan chandrabhaga
chandrabhan chandradev chandrakala chandraketu chandrakin chandramani chandramauli chandramohan chandran
chandranath chandrani chandraprabha chandravati chanelle chanez chapal chapala charak charlaine charleen
charlemagne charley charli charlize charuchandra charumati charuvrat charvi chasity chaten chatur chatura
chaturaanan chaturbhuj chauncey chaya chayenne chayma chaz cheick cheikhou chekhouna chelo chelsea chelsie
chema cherechi cherif cherubino chesley chet chetanaanand cheyanne chiaffredo chidaakaash chidaatma chidambar
chidambaram chidananda childebert chilperic chinmayanand chinmayananda chiranjeev chiranjeeve chiraz chirine
chita chitraksh chitrali chitramala chitrangada chizoba chretien christer christiaan christiano christl
christodule christop chrysole chrysostome chucho chukwu chus chyna ciaobella cici cierra cilli cilly cino
cinta cinthya cinzia cipriana cirano ciriaco cirilla cirillo cirino ciro cisem citlalli claas claes clair
clarabelle clarenzio claud claudien claudina claus clea cleandre cleandro clelia clelie clemencia clemenzia
clemmie cleo cleofe cleonico cleopatra cleophee cleora clery cleta cletus cleve climaco clinio clio clodomiro
clodoveo cloe clorinda clotaire clothilde cloyd coby coco codin codrin codrina codrut codruta coen cointa
colby cole coleman coline colins collien colm colman colmanno colmazio colomba colombano colombe colombo
colpan colt colten coluccio conal conan concetto concha conchita concordio conn conny conradin conrado
consolata constanca constantina constantino cooper coralia coraline corbin corbiniano cordell cordia cordie
corene coreno corentin corentine coriolano corneille cornel corneliu coronato corrado corrine corsin cortez
corvin coskun cosma cosme cosmina costache costante costantino costanza costanzo coty coumba crawford
cremenzio crenguta creola crescencia crescente crescenzia crescenzio crespignano crin crina crispino cristal
cristaldo cristea cristhofer cristiana cristin cristofor cristoforo crocefissa crocefisso cronida cruz crystel
ctirad cuauhtemoc cullen cunegonda cuniberto cupido curdin curro custodia custodio cuzia cydney cyprien cyrian
cyriaque cyriel cyrielle cyrill cyrine cyrus daantje daciana daciano dacin dacio dadap dadi dado daevi daevika
dagel dagobert dahiana daiana daija dairo daisha daisy daiwik dajana dakota daksha dakshayani dale daley
dalibora daliborka dalida dalima daliman dalimin daliono dalla dallin dalmazio dalton damar damaso damayanti
dame dameon damiana damienne damife damilare damin damion damocle damodara damu dana dandak dandapaani dandre
dangelo dani danial danika danique daniswara danitza danjuma danka danna dannie danuja danuse danyka danyl
daouda daphney dara darby darcy dardan dariati darien darijan darimin darine darion daris darja darleen
darling darmaji darman darmana darmanto daron darrick darrion darron darshan darshwana darsirah darta dartono
daru daruna darwin dary daryani dasa dashawn dasia datta davey davi davida davina davino davion davonte
dayaamay dayaananda dayaanidhi dayamayee dayan dayane dayne dea dean deangelo deb decebal decimo dedric
dedrick dee deeksha deen deenabandhu deepali deepan deepankar deependra deepesh deeptanshu deeptendu deeptiman
deeptimay deeptimayee deeptimoy deeptimoyee deevakar degna deiby deicy deion dejah dejon dejuan delaney delfin
delfino delilah delinda delizia dell delmer delpha delphia delphin demarco demarcus demario demba demeter
demetria demetris demetrius demi demilade democrito demond demostene dena deneval deniis denizalp deodata
deodato deon deondre deontae deonte derly deron desdemona deshaun deshawn desiderata desiderato despina dessie
destany destin destinee destiney destini detlev devadatt devagya devajyoti devak devan devangana devani
devante devasree devdan deven devesh deveshwar devi devonte devota devvrat devyn dewayne dewitt dex dexx
dezider dhaanyalakshmi dhana dhanadeepa dhanalakshmi dhanapati dhanesh dhanpati dhanu dhanvin dhara dharani
dharitri dharmaketu dhatri dhyanesh dhyaneshwar diah dian dianora diar diara diarra dicle dida didimo didina
diede diederik diedrich dieke dierk diethard diethelm diether dietlind dietlinde dieudonne dieudonnee dieynaba
digambar digambara digdaya digna dijana diksha dilan dildar dildora diletta dillan dimaz dimitrina dinakar
dincer dinis dinkar dinu diocleziano diodata diodoro diogene diomede dione dionigi dionisia dionyz dipa dipali
dipankar dipesh diptendu dirja dirk dita ditmar ditte dittmar divaakar divakar divjot divna divo dixie diyor
diyora djamel djayden djeneba djenna djibril dobroslava dochia doda dodato dodo dogan dolly domagoj domen
domenick domenik domezio domingos domitila domitille domiziano domnica dona donal donatello donavon donnell
dono doralisa dorel doriana doriane doriano dorien dorinel dorit dorita dorle dorli doroteja doroteo dorothe
dorris dortha dorthy doru douce dounia douwe dov dovie dovud doyinsola drajat drake draupadi dries drilon
drita driton dron drona druina dua duarte duban duc duccio duco ducu dudley duilio duje dulari dulce dulina
dumitrana dunya durdona durga durgeshwari durodola dursun durward dusana dusty duuk duvan dwaipayan dwaipayana
dylano dyna earlene earline earnestine easter easton ebe eberardo eberhard eberhardt ebiere ebiowei ebony
ecaterina ecclesio eckard eckart eckehard eckhard eckhardt eckhart ecrin edd eddi edel edelberga edelbert
edelgard edelmiro edeltraud edeltraut edeltrud edi edier edil edilberto edilma edilson edin edisson edite
editha editta edmee edmondo edoardo edon edona eduar eduards edvige edvins edwar edwardo edyth edythe eef
eefje eekalabya effie efisio efraim efrem eftimia eftimie ega ege egeo egidio eginardo egisto egizia eglantine
egzon egzona ehrenfried ehrentraud ehrhard eider eirik eitel eithan eja eka ekaaksh ekadant ekaksh ekalavya
ekaling ekaparnika ekdant ekkehard ekkehart ekmel elaide elaina elakshi elanur elcira elcy eldor eldora eldred
eldridge elea electa elektra elene elenor elenora eleodoro elettra eleuthere elfi elfida elfrida elfrieda
eliabeth eliah eliahou eliano elide eliel elien eliette eliezer elifio eligia eligio elija elimena elinore
eliodoro elion eliona elior eliott elisabeta elisabete elisabetha elisabetta elisaveta elisea elisee elisio
elita elizabet elizabeta elize elka elke elkin elladio elle ellsworth elma elmars elmore elna elnora eloa
eloah eloan eloane elody elogio elon elona elone elora elouan elouise elpidio elroy elta eluh elva elvan
elvana elver elvera elvezio elvie elvino elvire elwin elwira elwyn elya elyas elyes elyne elynn elyse elzear
emanuele emanuella emanuelly emanuil emas embuh emelyne emer emerance emerencie emeric emerson emery emi
emidio emiel emigdio emilce emilien emils emilse emirhan emiro emmalee emmelie emmely emmerich emmerico emmitt
emna emong emory emperatriz empirio empluk emrullah emy ena enakshi encarna encarnita enda endra endrigo
endrit enecone engelbert engin engla enguerrand enie enimia enio eniola enis enith enno enoch enora enos
enrica enteng enyo enzio eowyn epiphane eracla eraclide eraldo erardo eray erberto ercan ercole erdmute eremia
erenia ergun erhardt ericka erico eriks erion ermanno ermelinda ermenegarda ermenegilda ermenegildo ermes
ermete ermilo erminia erminio ernesta ernie erny eron eros ersilia ertan erten erva erwan erwann esau esben
esha eshana eshita esila eslemnur esma esmee esmira esneider esparta espartaco espiridion esref esse estel
estell esterina estiawan estiono estiven esuperio esupofo etela etelvina eterie etha ethann ethelyn ethyl etna
etta ettie ettore eubert euclide eudes eudora eudoxe eudoxie eufebio eufemio eufrasia eufronio eufrosina eulah
eulalie eulogio euna eunika euphrasie euridice eurydice eusebe eusebie eusebiu euseo eustache eustaquio
eustatiu eustorgio eustosio eutalia eutalio eutimio eutropio evaldo evalds evalyn evamaria evandro evangelista
evanghelina evann evans evariste evasio evelia everette evidio evin evodio evrard evremondo evy ewan ewatomi
ewell ewen ewenn exequiel eya eyal eydan eyram eytan eythan ezechiele faas faber fabia fabiano fabricia
fabrizia fadekemi faderera fadil fady fae faiq faizah falba falk falko famiano famke fanni fanta fantin
fantine farai farangiz fardau farhunnisa fatemeh fathonah fatim fatimata fatime fatmir fatmire faton fatouma
fatteh fausta faustine favian faya fayen fayenne fazil fazio fazli febi fedde fedele federigo fedro fehintola
feliciana felicien felicite felina feline felisa felizitas fella felton fem femm fender fenella fenja fenna
fenne ferdi ferdinando ferhan feriel ferman fermiano fermin ferne ferney ferny ferre ferruccio feruza feryel
festo fiacre fiamma fiammetta fibikemi fidan fidela fidele fidenziano fidenzio fieke fiene fiep fiete fiifi
fikayomi filemon filofteia filomeno filou fily finia finja finlay finley finnja finnley fiodor fionn
fiordaliso fiore fiorella fiorenza fiorenziano fiorenzo fiorino firas firdavs firmin fisnik fitim fito fitore
fitria fjolla flaminia flamur flaviana flaviano flavien flaviu fleano fleta fletcher fleur flo floare floarea
flodoard floortje flor flore florea florence florenta florestan floriana floriano floridor florie florim
flossie floy flurin flurina foca fode fodil folashade folco folker folkert folu ford forrest fortunato
fortunee fos fosca fosco foss fotima foucauld foulques fouzia fran francette franchesca francisc franciscus
francisque francy franka franziska frauke frederica frederico frederike fredi fredrik freeda freek freeman
freia freida frenkie fresia frido fridrich friedbert friedemann frieder friedericke friedhelm friedhilde
friedhold friedl friedlinde friedo frithjof froilan frontiniano frusina fulbert fulberto fulcran fulgence
fulgencio fulgenzio fulvia fulvio funmilade furio furman furseo fuscolo
`;
