/**
 * Given names that are less common, N to Z, in lower case and without accents (facts: names that are given in the countries of
 * Europe, the Americas, South Asia and West Africa); those that are words or places are left out. Alone they prove nothing.
 */
export const GIVEN_NAMES_RARER_N_Z = `
nabin nacer nacho nacio nadeschda nadeshda nae nael naelle naemi nagabhushanam nagarjuna nahel nahiara nahil
nahla naia naiara naila nair nais naja najwa nakia nala nalan nalar nalini namazio nand nanda nando nannie
naoufal naoufel napoleone naradi narayan narcisse nardi narimane narinder narji narseo narsete nasab naser
nash nasiba nasim nasir nasrullah nastja natale natalina natalio nate nath nathanial nathasha nathen natiq
natividad naud naudet navin nawel nawfel naya nayara nayaret nayareth nayel nayibe nayla nazaret nazario nazif
nazmi nazzareno nazzaro nechifor necmettin nedda nedjma nedra neela neele neeltje nefeli neftali nehemie
neider neila neiva neja nejla nel nelcy nelda nele neli nell nella nelle nelleke nels nelsy nelya nena nene
neo neoma neopolo neoterio nerea nereo neri nermine neslisah nesrin nestore neven newell neyla niame nibaldo
nicarete niccolo nicea niceforo nicephore niceto nicezio nichifor nicholaus nicklaus nickolas nicla nicoara
nicodemo nicodim nicol nicolaie nicolasa nicolaus nicolette nicoline nicolo niculina niculita nicuta nidia
niek niene nienke nigar nikkie nikko niklaus nikol niksa nilam nilda nilde nilo nilson nilufar nimakoah nimit
ninetta ninfa niniano ninioluwa ninon ninoska ninthe nio niouma niraj niranjan nirbhay niro nischal niyaga
niyilolawa noa noami noan noar noelie noemy noha noham nohan nohora nolann nolberto nolen nolhan nomi
nonjabulo noortje norbey nore norene norhane norica norina normand norris norval norwood nostriano notburga
noud nouha nourane nouri nout novan nowi nox nozima nqobile nrima nthabiseng nubia nuccia nugraha nunzia
nunziata nunzio nur nural nuran nurettin nurullah nyah nyana nyasia nydia nynke nyoman oba obanijesu obdulia
obie obioma ocampo ocie octav octaviana octaviu oddone odelia odell oderico odetta odidone odie odilia odilon
odorico oger ogooluwa oisin ojaswini oke okey oktavius oladare oladimeji olaide olajumoke olakunle olalla
olansile olasunmbo olen oleta olgerts olimpian olimpio olimpiu olin olinda olindo oliva oliviera oliviero
olivija oliviu oliwier olle ololade olufunmi olufunmilayo olumorotimi oluwafemi oluwagbemiga oluwakemi
oluwamumibori oluwamuyiwa oluwasanmi oluwasegun oluwole oluwunmi olympe omaira omawunmi ombeline ombline
ombretta omero omina omobobola omobolanle omodunni omolabake omosalewa omotara omotayo omotola omotoun omowumi
ondine onesta onesto oni onie onofre onofrio onome onorata onorina onorino onorio onoriode oona oormila opal
opalina opaline opan opung orazio orchidea orell orenzio oreofe oreste orfelina orfeo oriana oriande oriane
orie orietta orin orio orion orla orlane orlo oronzo orpha orrin orsino orso orsola orsolina ortansa ortensia
ortensio ortrud ortrun ortwin orval osa osanna osbaldo osborne oskari osmondo osunleke oswin otabek otavio
otello otfried otha othmane otho otilija otmar oto ottaviano ottavio ottfried ottis ottmar ottokar ottomar
ottone otylie ouanes oumar oumayra oumou oury ove oyenike oyindasola oysha ozana ozanne ozella ozy pabla paca
paciano pacifica pacifico paco pacome pacomio padam padmi paiman palatino palemon palladia palladio palma
palmazio palmira paloma pamfil pammachio panagachie panait panca pancario pancho pancrazio pandu pangeran
pangestu pankrac pansy pantaleo pantaleon pantaleone paoletta paramartha paramita paraschiva pardo parfait
paride parman parmenio pascal pascaline pasqual pastor pastora paterne paterniano pathe patricie patricija
patrizio patroclo pattie paulica paulien pauliina paulin pauside pavan pavol paxton payton pearlie pearline
pecine peder peggie pelagie pelayo peleo pelle pellegrino penda penelopa pepe pepijn pepin pepita pepito
perceval percival peri pericle perkasa perle pernilla perrine perry perseo peteris petra petrana petri petrica
petrisor petrona petronila petronilla petronille petronio petrus petrut petruta pharell pheobe phileas
phileine philemon philibert philine philomene philothee philou piedad pien pier piera pierangelo pierce
pierette piergiorgio piergiuseppe pierluigi piermarco piermaria pierpaolo pierrick piersanti piersilvio piet
pietra pili pim pina pinkie pio pippa pippo pius placida placido platone pleun plinio plutarco pola polidoro
polifemo polissena pollione polly pompeo pompilia pompiliu pomponio poncio pontus ponziano ponzio poornima
poppy porter porzia porziano postumio poul praba prabawa prabin prabowo prabu prakosa pramila pran pranata
pranawa pranay prasanna prasetya prasetyo prassede prathamesh pravoslav prayag prayitna prayoga prayogo preity
prema presley priamo primerose primitiva primitivo primo priscille prisco privato priyala procopio profira
proserpina prospera prospero protasio proteo providenci prudence prudencia prudencio prudenzia prudenzio prune
publio puccio puji puk pulcherie pupolo puput purificacion purushottam purwadi purwanto pushti pusicio puspa
puti putu qori quang quartilla quarto quasimodo queenie quentine querano quieta quin quintia quintiliano
quintilio quintino quinton quinty quinziano quinzio quique quirin quirino quiteria quitterie rabea racha
rachele rachida rada radeke raden radha radika radislav radit raditya rado radolfo rados radoslava radovana
raducu raduz rae raegan rael raf rafa rafaella raff raffaellino raffaello rafi rafid rafila rageshwari
rageswari raharja rahim rahman rahmi rahsaan raide raif raihan raik raimondo rainaldo rainelda raissa raj
rajab rajan rajana rajina rajinder ramaa ramata ramatoulaye rameshwar ramiz ramya ramzi rangga rani ranieri
raniero ranim ranjan ranjeet ranjit ranolfo ranya rapulane rares rashad rashawn rasheed rasheedah rasim rati
ratih rauf raven ravy rawane rayana rayane rayen raymund raymundo rayyan reagan reanna reba reece reese refet
refik regan reggie reginaldo regis regitze regolo regula regulo reilly reimer reimund reinald reine reinel
reingard reinhardt reinhild rejan rejane rejean rejeanne reksa relu rembrandt remedios remilekun remington
remo remondo remus remzi rena renaat renan renat rendy reni rens renske resi respati respicio ressie restu
reta retha reto retta rexhep rey reybaud reyes reymundo reynold rhavi rhett riad rian ricards ricario riccarda
ricciotti richelmo richie rickard rickie rida ridwan rieke riff rigo rik rika rike rikke rinaldo rino rinor
rio riv rivka riza roan robaldo robb robbe robin robinson robiya rocco roch rochdi rochus rod roderich rodiano
rodrick rodrigue roeland rohana rokhaya rokia roko roldan rolfo rollande rollin romanita romano romee romeo
romero romeu romilda rommel romoaldo romola romolo romualdo romulus rona roni ronke ronya roos roosevelt
rosalee rosalina rosalinde rosalva rosalyn rosamel rosamond rosamunda rosana rosaria rosaura roscoe rosel
roselin roselinde rosella rosenda roser rosette rosi rosl rosman rosmunda ross rossella rossie roswita rotraud
rotraut rowland roxelana roxy royce rozella rozina roziya rubiano rubie rubiela rubye rudecindo rudite rudolfs
rudra ruedi rufina rufo ruggero ruggiero rui rukhmani rukmin runa rune ruperta rupinder rusman russ russel
rusty rutendo rutger ruthe ruthie ruthild rutilo ruxanda ruy ruza ryad ryann ryder rylan rylee ryleigh ryley
rym ryma saar saba sabar sabas sabatino sabato sabazio sabele sabino sabryna sadan sadina sadio sadye saer
safae saffiro saffo safia safiatou safietou safina safir safira safouan safouane safta safura sahin sahra
saiful saige saim saka sakari sakina sakip sakir saladino salah salif salimah salimata salimatou saliou sallie
salomea salomey salomone salsabila salustio salvi salvo samandar samiah samil samina samona samsul samu
samuele samy sancho sandalio sander sandu sanije sanka sansone sante santiago santo sanya sanziana saphira
sapiente sarada sarala saraswati sarbello sardor sare sari sarisha sarla sarlota sarmite saroja sarra sarvin
sarvinoz saso satine satu saturniano saturnina saturnino satya satyen sauveur sava savanah saveta savi savin
savina savinien savino savion sayan scarleth scholastique schuyler scolastica scot scotty seb sebas sebastiana
sebastiao seckou seconda secondiano secondina secondo sedrick sef seff sefora segilola segismundo segolene
sekinat selale selcan selene seline selmer selvaggia selvi selyan sem semenica semir semiramide semplicio
sempronio senesio senn senna senne sennur senofonte senol senta sephora sepp seppe septi serafin serafino
seraina seraphin serapione seref sereina serenity sergi sergiu sergius serine servac servidio serviliano sessa
sesto settimio settimo setya sev sevara seve severa severiano severina sevket seydou seye seyfullah seynabou
shaban shahriyor shahzod shai shaily shakila shakti shakuntala shalewa shanel shanelle shani shanie shaniya
shanny sharda shashikala shayan shaylee shayma sheela shekhar shekoni shemar sher sheridan sherine sherman
sherwood shirel shirine shirisha shiv shivakari shobhana shpresa shqipe shresth shresthi shreyashi shridevi
shrishti shristi shubha shubhaprada shwet shyann shyanne shyrel siara sibilla sibille sibyl sibylla sicuro
siddarth siddhartha siddhran sidiq sidki sidoine sidonie sidonio sidra sidy siebe siegbert sieghard sieglinde
siegmar siegmund siegrid siegried siegrun siegward siem sien siep sierra sietske sigebert sigfrid sigfrido
sigfried sigismond sigismondo sigismund siglinde signe sihem sijuade sil sila silan siloe silva silvan silvere
silverio silvestre silvestro silvian silviana silvija simao simea simen simeone simi similoluwa simina simo
simonetta sinaida sinasi sindre sindy sinesio sinfronio sinica sinja sire sireno siri siriano siricio sirin
sirine sirineu sirisha siro siska sisto sitara sithembiso siv sixte sixtine sixto sjoerd sjors skaidrite
skander skender skye slava slavek slavena slavisa slavomira sloka smaranda smeralda smilla smith smriti sname
sneider snjezana soan soave soccorso socrate sofija sofronia sohan sohane sokhna solal solange soleh solenn
soline solocone solon somnath somu sonata sondre songul sonke soof soraia sorana sosimo sostene sosteneo
sostrato souleyman souleymane soumaya soumia sowande spano spartaco speranta speranza speranzio sravani
srikanth srinivasa stanca stancu stanford stanislao stanislas stanton stasa steen steeve stef stefaan stelian
steliana steluta stephania stephon sterre stevie stien stig stiliano stilla stine stiriaco stiven suat subash
subhashini subhasini subodh subomi sucheta suci sude sudeva sudi sujatha sukru sumayyah sumeet sunay sune
sunitha sunniva surano suryakant suryakanta suryakantam susanita suse susheel susi suus suzan suze suzie suzon
svatoslav svend sveva sviturno swami swan swann swantje swapna swarnalata swarup swassane swathi swen sweta
swetlana syahrini syble sydnee sydni sydnie sylke sylva sylvaine sylvan sylvana sylvere sylvestre sylvianne
sylvio syrine tabea tabita taddeo tade tadeo tage tahlia taide tais talat talea talha tali talita talon talya
tamina tamino tammaro tammo tancrede tancredi tanirika tanisha tanner tantri tanushree tanushri tao tapan
tarcisio tarquinia tarsilla tarso taryn tasnim tasnime tassilo taswir tatenda tatum taufan taurean taurin
tavares taya tayler taziana taziano tazio teagan tecla tedi teea teije tej teja tekla telchide telemaco telica
telly telmo telse temidayo temistocle tendai teo teobaldo teodata teodolinda teodosia teodosio teodoto teofila
teogene teohari teona tera terenzio terezija terrill tertuliano terzo tesauro tesifonte tesnim tesnime tessie
teudosia teun teunis teuta tevin tezcan thabisa thad thaddaus thais thalea thales thandiwe thando thanina
theda theobald theodoor theodoro theodose theophane theophil theophraste theotime theron thiare thibert thibo
thierno thije thijmen thijn thilo thinhinane thirza thom thoralf thorben thore thorge thurman thuy tian tianna
tibaldo tibbe tibe tiberia tiberio tiberiu tibo tiburcio tiburzio tichomir ticone tidiane tieme tiguida tijl
tijmen tijn til tilde tilio tilla tillmann tilly tilmann tilo timbul timeo timm timmothy timoleon timotei
timoteus timothe tinca tincuta tine tineke tinne tiphaine tira tirone tirta tirtayasa tirza tisa titi titien
titilope titin titouan tizian tizio tjark tjasa tjeerd tobia tobiasz tobiloba tod toke toki tokunbo tolomeo
toluwani toluwanimi tomi tomiloba tomke tommaso tomori toney tonino tonnin tono toon tope toralf tore torey
toribio torquato torrey torsten tosca toscane tosco toussaint traian trajan tranquillo transito trasea traude
traudel traudl traugott traute travon tremaine tremayne trent tressa tressie treva trever trevion trilochan
trilochana trilok trilokanath trilokesh triloki trini trinidad trinity tristano tristian tristin triston
troels trude trudel trudie truus trycia trystan tsipora tuana tuba tudora tudorita tudosia tugiman tulia tulio
tullia tulliano tullio tumer tunahan tunar turibio turold tussio tuur tuva twan twila tybalt tycho tygo tymeo
tyree tyreek tyrel tyrell tyrese tyrique tyron tyshawn tyson uberlinda ubertino uberto uchita udai udit udo
ueli uffe ugo ugolina ugolino uguccione ujjawal ulberto ulderico ulduz ulfa ulfet ulfo uli ulices ulisse uliva
ullrich ulpiano ulrico ulrika ulstano ultimo ulva ulvi ulya ulysse umang umay umaya umi umid umile undine
unggul unjani unni upendra upik uranio urbain urbano urdino uriah uriele urs ursel ursicio ursina ursino
ursmaro ursule urte usame uschi usmon usyi uta utama uttam utz uzeyir uzodimma vada vagn vaidehi vaijayanthi
vaijayanti vaishno vaishvi vajen valente valentijn valere valeriana valeriano valerico valerij valerija valero
valfredo valfrido vali vallie valon valtena valtteri vance vania vanna varalakshmi varo varvara vasanti
vasilisa vassilios vasudev vasudeva vaughn vavrinec veda vedang vedanga vedanshi vedasto veit vela velda velio
vella velva vena venance venancio venanzio venceslao venceslas vendelin venera veneranda venerando venere
venerio veniamin venkata venusta venustiano venusto vera verano verdiana verdie vere verecondo verenzio vergie
veriana veridiana verla verlie vern vernice vernie vero verulo vespasiano vesper vesta vezio vianney vic
vicenta vicentia vicentiu victorien victorin vidhur vidhya vidiano vidone vidur vienna viera vieroslava vieve
vigile viktorie vilde vilfredo viliam viliana viliberto viljem ville vilmar vimal viman vincenc vincentio
vincentiu vindonio vinebaldo vinfrido vinicio vinicius vino vinsen vinz viola violante violet viorela virgie
virgile virginio virman virone visar visarion viscardo vishnu vishwamitra visitacion vissia vit vitale
vitalico vitazoslav vittore vittoriano vitus viva vivaldo vive vivi vivianne viviano vjollca vladana vladimiro
vlaicu vlastimir vlora vodingo voichita voicu voldemars volfango volkhard volkmar vratko vreneli vreni vrinda
vrund vulmaro vulpiano vusumuzi vyas wafae waino wakiman walburga waldo waldtraut wale walentina waleran
walfried walli wally walther walton waltraut waltrud waluyo waly wandrille wannes wardaya wardi warji warley
warre warsa warsita wasis watson wava waylon webster weiwei weldon wenceslao wencke wende wendolin wenke wera
wes wessel westley whitney wibke wiebe wiebke wieland wiem wies wigbert wilburn wilder wiley wilford wilfrid
wilfriede wilhelmus willa willfried williams willibald willibert wilman wilmar wilton wiltrud wim winda
winfield winfried winnie winnifred winona wira wirda wisnu wissam wissem woldemar wolfhard wout wulf wuraola
wyatt wyman xanana xavi xaviere xenophon xochitl xzavier yacouba yaelle yago yahia yahyo yaiza yakubu yalgin
yamid yamile yamileth yamina yanara yance yaneth yango yanick yanik yanina yanira yann yanni yannic yannik
yarah yaren yaretzi yaro yaron yasmeen yasna yassir yaw yaya yazid yecid yeferson yeimy yejide yekta yenthe
yeny yerko yerson yesid yessi yewande yfke yildiz yina yineth yinthe ylenia ylvi ylvie yoan yoann yoav yocelyn
yoel yogendra yoginder yohann yolima yona yonatan yonathan yoni yono yordan yoro yosra yossef youba youmna
youna youp youri yousra youssou youssouf youssouph youssoupha ysaline yse ysee yseult yucel yudy yulieth yuly
yuni yunita yurani yurany yury yven zabedeo zabina zabir zac zaccaria zaccheo zach zacharia zachariah zache
zachery zackery zadig zaenab zafar zafir zain zakariya zakarya zakir zalindra zama zamfir zamfira zamira zan
zana zander zane zanis zanita zanobi zaraza zaria zaur zayn zayneb zdeslava zechariah zef zeferino zefiro
zejna zelaya zelie zelinda zella zelmira zenaide zenebio zenobio zenone zenovia zenzele zephirin zephyr zetico
zetta zev zeyd zeynab zeyneb zigrida zihni zikmund zinedine zion ziva ziya ziyad ziyanda zizi zoeva zofie
zofija zohra zoie zoila zoilo zoja zola zosima zosimo zubayr zula zulaikha zulema zulfa zulfikar zulma zunilda
zyad
`;
