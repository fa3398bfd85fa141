/**
 * Given names that are common in countries of Asia, Africa, the Balkans, the Baltic and the North, in lower case and without
 * accents (facts of registers of births); those that are words, places or brands in texts of any kind are left out. Alone they
 * prove nothing.
 */
export const GIVEN_NAMES_WORLD = `
aadhya aanya aarne aaro aarti aatos aayush abayomi abdallah abdelaziz abdelilah abdelkarim abdellah
abdelrahman abdessamad abdulaziz abdulkarim abdulrahman abdurrahman abhay abhijeet abhijit abhinav
abhishek abiodun abiola abolfazl abosede achieng achyut adaeze adamo adaobi adebayo adebisi adebola
adebowale adekunle adeleke ademola adenike adeola adeolu aderonke adesola adetokunbo adewale adeyemi adhi
adi adis admir adrijana adwoa aegir afaf afia afolabi afroditi afsaneh aggeliki agni agung agus agust
ahlam aiga aigerim aija aikaterini aila ailin ainars airi aishwarya aizhan ajit akane akanksha akemi akhil
aki akihiko akihiro akiko akinola akintunde akinyi akio akosua akseli akshay akua akwasi alaa aladar
aldona aleksy alenka alexandros alexios algirdas algis alif alin alireza aljaz aljosa alkis almir alojzy
alok alper alyona ama amadi amahle amaka amal ambika amihan aminata amine amirali amirhossein amirul amita
amjad amol amrita anahita anamaria anand anant anas anastasios anastasis anastazja anasztazia anatoly anca
anchali andika andjela andra andras andraz andreea andrey andris anela anestis angeliki aniela aniket
aniko anindita anirudh anjana ankica ankit ankita ankur annisa anong ansh anshul antal antanas ante antoni
antonis antti antun anupama anuradha anurag anushka anwar anze aparna apinya apostolos aranka arash
archana arezoo arief aristea aristotelis arja arkadiusz arkady arleta arman armas arna arnar arnav arni
arnis arpita arsenios arthit arto arttu arturas artyom aruna arunas arvind arvydas arwa asami asdis asgeir
asghar ashish ashraf ashutosh ashwin asimina askar asko asli asmaa aspasia assel assia astridur astuti
asuka asuman atakan atefeh athanasia athanasios atieno atilla atli atsuko atsushi atul audur aulis
aurelian ausra austeja avgoustos avinash awa ayaka ayako ayame ayano aycan ayfer aygul ayhan aykut aymen
ayodele ayomide ayotunde aysegul aysenur aysun aytac ayu ayumi ayush azadeh azar aziza babajide babak
babatunde babita badr bagus bahaa bahar bahareh bahram baiba bakhtiyar balaji balazs balint bambang
bankole banu baozhu baris bartek bartlomiej bartosz basak bashir bassam batoul batuhan bauyrzhan bayani
bayu bedrich begum behnam behrouz behzad beibei bence bendeguz benedek benigno berk berkay berna bernadeta
bernadett berrin bertalan betul beyza bhaskar bhavana bhavesh bhavya bhupinder bijan bijoy bilge bindu
birgir birna birsen birute bisi bjarni bjorgvin bjork blaz bogdana boglarka bogumil bogumila boguslaw
boguslawa bojana bolanle boleslaw borbala borek borislav borivoj borna bostjan botagoz botond bouchra
boutros boza bozica bozo brandusa branislava bratislav bretislav brijesh bronislaw bronislawa bryndis
brynjar budi budiman bukola bulent bunmi burak burcin burcu busaba busisiwe busra cahya cahyo canan caner
cansu carding catalin cecylia cem cemal cemil cemre cengiz ceren cestmir cevdet cezar cezary chaima
chaiwat chalerm chandan chandrika changming chanida chaoyang chara charalampos charikleia charis charu
chatchai chau cheikh chenguang chetan chiamaka chibueze chibuike chibuzo chidera chidi chidinma chie
chigozie chihiro chijioke chikako chike chima chimamanda chinelo chinenye chinonso chinwe chinyere chirag
chisom chiyo chrysa chrysanthi chrysoula chukwudi chukwuemeka chukwuma chunhua cihan ciler ciprian ciril
citra claudiu constanta cosmin costel costin cristi csanad csilla csongor cvetka czeslaw czeslawa dace
dacian dagur daichi daiki daina dainis dainius daisuke daiva dalal dalia dalisay damla danai danang dandan
daniyar danu danut danuta dapo darija darinka dariush darya davorin davorka dawei dawid debashish dedi
deepa dejana denes derya despoina devansh devika dezso dhananjay dharmendra dhruv didem dieu dilek dilfuza
dilip dimas dimitra dinara dinda dionysia dionysios dipak dipika disha diwata djordje dmitriy dobrila
dobromil dobromila dobroslawa doina dongmei dorin dorottya dragana draginja dragoljub dragomir dragos
dragoslav dragutin drahomir draza drazen driss duaa duangjai dubravka dumisani dumitra dumitru duong
durgesh dusanka duska duygu dwi dzemal ebele ebere ebru ecem edgars edyta eeli eero eetu eeva efthymios
eftychia efua egidijus egils egle egor ehab ehsan eija eiji eiko eila eimantas eirikur eirini ekene ekin
ekow ekta elaheh elcin eleftheria eleftherios elemer elham eligiusz elizaveta elli elmeri elnaz elvir eman
emanoil emel emese emiko emina emmanouil emoke emrah emre endah endang eniko enitan ensio erdal erdem eren
erhan eri eriko erja erkki erlan erlendur erlinda ernestas erno ersin ertugrul erzsebet esa esi esin esko
eszter etelka etsuko eugeniusz eunji eunjoo eunju evaldas evangelia evangelos evanthia eveliina evgeni
evgenia evgeniy ewa ewelina eymen eyup ezinne fadi fadia fadime fahad fahri faisal faiza fajar fangfang
fanis fanney farhad farhan faribaz farida faris farnaz farouk farshad farzad farzaneh fathi fatimah fatou
fatoumata fayez feifei felicidad feliks femi fereshteh fereydoun ferhat feride fevzi figen fikret filiz
finnur fitri fitriani florante florica folake folarin folasade foteini fotini fotis fouad franc franci
franciszek fridrik fruzsina fryderyk fulya fumihiko fumiko fumio funke funmi funmilayo furkan fyodor galih
galini gamze gasper gatis gauri gayatri gbenga gediminas gelu genji gennady genowefa georgeta georgiy
gerasimos gergely gergo ghada ghassan ghazal ghazi gheorghe gheorghita giang giannis giedre gilang
gintaras girish girts gisli gizella gizem gleb gokce gokhan golnaz golnoosh gonca gonul gopal gorazd goro
govind gozde gracjan grazyna gregor grgur grigore grigoris grigory guanghui guangming gudbjorg gudjon
gudlaug gudmundur gudny guihua guiying gulcan gulmira gulnara gulnora gulsah gulsen gulsum gultekin
gunnhildur gunnlaugur guntars guntis guntur guoliang guoqiang gurpreet gusztav guven gyongyi gyorgy
gyorgyi gyula hadeel hadi haeun hafdis hafsa hafsteinn hafthor haitham haiyan hajime hajnalka hala halil
halime halina halldor halldora hallgerdur hallgrimur haluk hamad hamdi hamida hamidreza hanaa hanako hanan
handan hande handoko hani hanin hannu haoran haoyu hardik haris harish harpa harpreet harri harsha harshad
hartono haruki haruko hasanah hasret hatem haukur havel havva haydar hayriye haytham hazal heba heida
heikki heimir heimo helgi helka helmi helvi hema hemant hendra hendri henna henryk henryka heri hicham
hideaki hidekazu hideki hideko hideo hidetoshi hieronim hieu hikari hikaru hilal hilkka himanshu hina
hinata hiroaki hiroki hiroko hiromi hiroyuki hisako hisashi hisham hitesh hitomi hitoshi hjalti hlynur hoa
hoai hoang hongmei hongwei hongxia honoka hooman horatiu hordur horia hosein hossein houda houria hrafn
hrafnhildur hrvoje huda huifang hulya hunor husam hussam huyen hyejin hynek hyunjin hyunwoo iacob iaroslav
ibolya ibrahima ibtisam ibtissam ichiro idil idowu ieremia ifeanyi ifeoma ifigeneia ifunanya iida iiro
iivari ika ikechukwu ikenna ikuko ilayda ilham ilhan ilinca ilker ilkka ilknur ilpo ilta ilya ilze iman
imane imants imola imre imrich inas indah indrajit indre inese ingibjorg ingolfur inkeri innokenty
intissar ioana ionel ionela ionut ipek iraj irem iren ireneusz irwan isagani isamu isao ishan ishita
iskandar ismo issam itsuki iulia iulian iuliana ivars ivett iwona iyabo iztok izumi jaafar jaakko jaana
jaanus jabir jadvyga jadwiga jaehyun jaewon jagdish jagoda jakobina jalal jalil jalmari jamshid janek
janez jani janja janka janusz jarkko jarmo jaroslaw jaswinder jatin javad jawad jayant jayanti jayesh
jedrzej jejomar jelica jeno jernej jhun jiahui jianfeng jianguo jianhua jianjun jianming jianping jiaqi
jiayi jide jieun jignesh jihoon jihye jimin jindrich jindriska jingjing jinhua jinwoo jirina jiro jisoo
jisu jitendra jitka jiwon jiyeon jiyoung joko jokull jolan jonina joonas jorma josipa jouko jouni jovelyn
jovica joze jozefa jozica jozsef juha juho jukka julcsa julita junfeng junho junichi junjie junko junpei
juozas juraj jurate jurgita jurica jurij juris jussi justyna jusuf jyoti jyrki kaan kabir kacper kadir
kadri kaede kaija kaire kajal kajetan kalervo kalliopi kalpana kalyani kamau kamel kamilla kamlesh kamon
kanako kanchan kanchana kanya kaori kaoru karlis karmen karolis karoly karthik karthika kartik kartika
kartini kashish kaspars katariina katica katri katsuhiko katsumi katsuo kauko kaupo kaushik kaveh kawtar
kayo kazimiera kazimierz kazmer kazue kazuhiko kazuhiro kazuki kazuko kazuo kazuya kehinde keiichi keijo
keisuke keita kelechi kenichi kenta kentaro kerttu keshav kestutis ketan ketill keyvan khadijah khady
khanh khanyisile khawla khosrow khuong khushi kieu kiki kimiko kimmo kinga kipchoge kirill kirsi kirsti
kirti kishore kitti kittisak kiyomi kiyoshi kjartan klavdiya kleanthis klemen kleopatra koichi koji kojo
kolbrun komal konstantina koray kosta kostas kosti kosuke kotaro kouki kourosh krishnan kristaps
kristbjorg kristrun kristyna kriszta krisztian krisztina kriti kritika krsto krunoslav krystian ksawery
ksenia ksenija kseniya kshitij kumi kumiko kunal kunio kurnia kursat kusuma kveta kwabena kwadwo kwaku
kwasi kweku kyllikki kyoko kyosti kyriaki kyriakos lacramioara ladan laima laimis laine laleh lalit
lambros lamia lanlan lanre lanying lari lata latifa latika lauma laurentiu lauris lavanya leela leena
leevi lefteris lejla lekan lempi leokadia leos lerato lestari leszek levent levente libuse lidiya liene
ligaya lihua liina liis lijuan liling lindiwe liping lito liviu lixin ljerka ljilja ljubisa ljubomir loa
lojze lorand lorant loubna loukas lubica lubos lucja lucjan lucyna ludek ludwik lukman luminita luzviminda
lwazi lyubov lyudmila maarja maciej madalin madalina madhav madhavi madhu madhuri madoka magdalini
magdolna magnea maha mahendra mahesh mahnaz mahsa mahshid maiko maire mairita mait majed majid makar
makoto maksym maksymilian malee malini mallika malwina mamadou mamoru mamta manabu manal mandla manjeet
manju manolis manop manouchehr mansi marat margus mariama maricel mariko marinela marinko marioara mariola
marios marites marja marjaana marjana marjeta marjo marjut markella marketa markku maro mart marton martta
martti martyna maryna marzena masaaki masahiko masahiro masaki masako masami masanori masao masaru masashi
masato masayoshi masayuki masoud matea matei mateja mateusz matevz matild matjaz mauri maurycy maysa mayu
mayuko mayumi mbali meelis meenakshi meghana megumi mehran mehrdad mehtap meihua meiling melih melike
meltem menelaos mengmeng meriem merike merlinda merve mervi mesut mete metin metka michail michiko michio
midori mieczyslaw mieko mihai mihail mihaly mihir mihkel miho miia mikail mikio mikko miklos mikolaj milad
milija milind milivoj miljan miljana milomir milorad milosz milovan milutin mimmi minako minal mindaugas
minghui mingming mingxia mingzhu minji minna minoo minoru minseo minsoo mircea mirjami mirona miroslaw
miroslawa mirva misaki misko mitar mitja mitsuko mitsuo mitsuru miyu miyuki mizuki mladenka modou
mohammadreza mohini mohit mohsin mojca mojtaba momcilo momir momoka momoko morteza motoko mounir mourad
moussa mozes mpho mridula mstislav muge muhamad muhammet muhannad mukesh mulyadi munir murali mutlu mwangi
mykola myroslav myrto nabila nader nadezhda nagesh nahid naima naina najat najib najla nana nanako nanami
nandi nandini nandor naoki naoko naoto naoual narcis naree narendra naresh narges nargiza narong nasrin
nasser natalya natsuki natsuko natsumi nattapong nattaya naveen navid navneet navya naz nazan nazanin
nazli ndidi nebahat nebojsa necati necla nedeljko neelam neeraj neeta negar nejc nektarios nelu nemanja
nenita nerijus nermin nermina neslihan nesrine nevzat ngan nguyet nhan nhung nicolae nicoleta nicu nicusor
nidal nidhi nihan nihar nikiforos nikolay nikoleta nikos nilay nilesh nilgun niloofar nilufer nima nimisha
ningning ningsih ninoslav niran nirmala nisan nishant nitesh nitin nizar njeri nkechi nkem nkosana nnamdi
nneka noboru nobuko nobuo nobuyuki nodira nokuthula nomsa nomvula nonhlanhla nonkululeko nonoy noor
noriaki norio normunds nosipho noura nouran novak novi ntombi nuanchan nugroho nupur nuray nurcan nurgul
nurhan nuri nurlan nursultan nurten nurul nusa nwamaka nyambura oana oanh obinna obrad octavian oddny
oddur odion odon odysseas ogechi oghenekaro ogmundur ognjen oguz oguzhan ojas okan okechukwu oksana
oktavia oktawia oktay olabisi oladipo olafia olafur olaitan olamide olanrewaju olayinka olcay oldriska
oleh oleksiy olha olivera olli olufemi olufunke olumide olusegun oluseun oluwadamilola oluwaseyi oluwatobi
omid ondina ondrej onni onur onyeka onyinye orn orri orsolya orvokki osagie osama osamu osaze osk oskars
osmo ostap oszkar otakar otieno otohiko otso otylia ousmane oussama outi ovidiu oya ozan ozge ozgur ozkan
paavo pacita pairoj paivi pallavi palmi panagiota panagiotis panida panji pankaj pantelis panu parag
paraskevas paraskevi paresh parisa parth parul parvaneh parvati parviz pasi patrycja patryk pattama pauls
pavla pavlina pavlos payal payam peeter peifang pelagia pelin pengfei pentti perica perihan periklis
perlita persida pertti petr petre petronella petru petteri petur peyman phuc phuong pichai piia pimchanok
pinar piret pirjo pirkko piroska platon polina polona polyxeni pongrac poonam porntip pouya prabhakar
prachi pragya pramod pranjal prasad prasert prashant pratama pratap pratibha pratik pratiksha pratiwi
praveen predrag preecha preeti premysl prerna priit primoz priti prodromos przemek przemyslaw puja pulkit
puneet purnima puspita putra putri pyry qiang qianqian qiuyan quoc quyen quynh rabab rabia radek radenko
radhika radica radim radka radmilo radoje radojka radosav radoslaw radu raed rafal rafik raghad raghav
raghu ragnheidur rahayu rahma rahmat raija raila raimo raimonds raine raivis raivo rajaa rajat rajeev
rajiv rajko rajkumar raju rakel raluca ramakrishnan raman rami ramin ramunas ramune ramy rana ranka ranko
rasha rashid rashmi rastislav ratana ratka ratko ratna rauha rauni rauno ravindra rawan razvan recep reem
reema reet rehab reijo reiko reka rekha relja remigiusz renu renuka reshma reyhan rezso rhea rie rifat
riho riikka riitta rikuto rim rima rimantas rimas rini risa rishabh rishi risto ritesh ritika ritu ritva
riyad rizal rizalino rizki rizky robertina rodica rodion rohini rok roksana rola rolands romualdas roshan
roshni rostislav rotimi roya ruba ruchi ruchika ruel ruiyang rukmini runar ruolan rupa rupali rusa ruslan
rustam ruta ruxandra ruya ryoichi ryoko ryosuke ryota ryuichi ryuji sabin sabrine sachiko sachin sadao
sadik saeed safaa sagar sahar sahil sakchai saket saki sakshi saleh salem saliha salima salman saltanat
salwa saman samarth samat samba sameer samia samiya samo samukelisiwe sanaa sanaz sanda sandhya sandris
sanela sangeeta sanghoon sanjana sanket sannamari santosh sapna sarika saritha sarka sarolta sasa satish
satoko satomi satoru satria saulius saurabh savely savita savo sawsan sayaka sayuri sebastjan sebnem seda
sedat sedef seema sefa segun sehnaz seiichi seija seiji sekou selcuk selda semra semyon senad senka
seoyeon sepideh seppo serafim serap serban sercan serdar serhat serhiy serik serkan serpil setareh
setiawan setsuko seun seungho seungmin sevda sever sevgi sevil sevinc seyma sezen sezgin sfiso shabnam
shadi shaghayegh shahin shahla shahram shahrzad shailesh shaima shalini shams shankar shanshan shantanu
shaohua shapour sharad sharmila shashank shashi shavkat sheetal shenghong shengli sherif shervin sherzod
shigeki shigeko shigeo shigeru shikha shilpa shinichi shinji shintarou shinya shirin shivam shivani shiyu
shizuka shizuko shobha shogo shoichi shoji shota shraddha shruti shuang shubham shufang shuichi shuji
shulan shunsuke shuying shweta siavash sibel sibongile sibusiso sigfus sighvatur sigita sigridur sigthor
sigurbjorg sigurdur sigurjon sigurlaug sigurveig siham siim silvie silviu simin sina sinan sindisiwe
sindri sinem sini sinikka siphiwe sipho siriporn sirje sirkka sirpa sisko siti sizakele sizwe skuli slada
sladana sladjana slamet slaven slavoljub slawomir slobodan slobodanka smilja smita snaefridur sneha snehal
snezana snezhana snorri soheil sohrab soile sointu sola solape soley solvi somchai somkiat sommai somsak
somto sonal sonali sonam soojin sooyoung sorin sorina soroush sota sotiria sotirios sotiris souad soufiane
soukaina sourav souta spela spomenka spyridon spyridoula spyros srdjan srecko sreten srinivas srishti
stamatia stamatis stana stanimir stanislawa stanko stanoje stavros stefanos steingrimur steinn steinunn
stelios stepan stepanka stevan stipe stojan stratos styliani stylianos styrmir suada subhash subin suchart
sudarat sudha sudhir suhail suharto sujata sukanya sukarno sulastri sule suleiman suman sumaya sumiko
sumit sumitra sungmin sunhee sunisa supaporn suparman supriya suraj surendra susanti sushant sushil sushma
susumu sutrisno suvarna suvi suwarno suwit svala svanhildur svatava sveinbjorn sveinn svetozar swapnil
swara syahrul sylwester szabina szilard szilvia szymon taavi tadas tadashi tadej taehyun taha tahani
tahsin taichi taiki taisiya taisto takahiro takako takao takayuki takehiko takeo takeshi takis takuma
takumi takuya talal tamas tamer tamiko taneli taner tanmay tanvi taraneh taras tarek tarja tarkan tarmo
taru tarun tatsuo tatsuya taufik tayfun teemu teguh teija tejas tejaswini tellervo teofil terez tereza
terhi tero teruo tetsuo tetsuya thabo thaksin thanasis thanawat thandeka thandi thanos themba theodoros
theofanis theoni thien thomai thongchai thora thorarinn thorbjorg thordis thorhildur thorir thorkell
thorsteinn thorunn thorvaldur thuan thulani thuong tihamer tihana tihomila tihomir tiit tiiu tika tilen
timofey timur tingting tinna tivadar tobenna todor toini tolga tolu tolulope tomaz tomo tomohiro tomomi
tomoya tonis toomas topi toru toshiaki toshihiro toshiko toshio toshiyuki tosin trang triantafyllos triin
trinh trisha tryggvi tsubasa tsuneo tsutomu tudor tugba tugce tuija tulay tulin tuncay tunde tuomas tuomo
turgut turhan tushar tuti tuula tuyen tuyet tymon tymoteusz tyyne uche uchechi uchenna uday ufuk ugochukwu
ujjwal ujvari uldis ulku ulle ulyana umesh umit ummu unal unnsteinn unnur unto urai ural urho urmas urmila
uros urpo urska usko utami utkarsh utku uyen uzoma vaggelis vahid vaibhav vaidas vaino vaios vaira
vaishali vaishnavi vala valdis valeriu valgeir valgerdur valters valur vandana vanita vappu varsha varun
vasile vasileios vasilica vasilije vasiliki vasily vasja vassilis vasudha vasundhara vasyl vazul vedat
vedran vedrana veena veera veijo veikko veli vencel vendula venkat venkatesh verica veroljub vesa veselin
veysel vibha vidosava vidya vidyut vieno vigdis vihaan vijaya viktoriya vilborg vilem vilhjalmur vilho
viljami viljo vilmos vilnis vimala vinay vineet vinh vinita vinko viorel viorica vipin vipul virag
virendra virginel virginijus virpi vishal visnja vitali vitaliy vitaly vitezslav vivek vjekoslav vjera
vlad vladan vladislava vlado vlastislav vlatko voitto vojin vojislav vojko volkan volodymyr vsevolod vuk
vukasin vuong vyacheslav vytautas vytenis waclaw wael wafa wafaa wafula wahyu wakana waleed walentyna
wambui wanchai wanjiku wanjiru warda wassim wataru wati wawan weidong weifeng weihong weimin weiming
wenbin wenhua wenjing wenjun wenting weronika wichai widad widodo widya wieslaw wieslawa wijaya wiktor
wiktoria winarno wincenty wioletta wipa wladyslaw wladyslawa wlodzimierz wojciech wojtek wonho woojin
wulan wulandari xanthi xiangyu xiaobo xiaodong xiaofei xiaofeng xiaohong xiaohui xiaojun xiaolan xiaoli
xiaoling xiaomei xiaoping xiaoqing xiaowei xiaoxia xiaoyan xiaoyu xinyi xinyu xiulan xiumei xiuying xuemei
yaa yacine yafang yagmur yakov yalcin yalda yamini yana yanhong yanling yanping yanti yanuar yanyan
yaroslav yaroslava yash yashas yashwant yasser yasuhiro yasuko yasuo yasushi yavuz yegor yejin yekaterina
yelena yeliz yemi yeonjun yerlan yetunde yiannis yifan yigit yingying yngvi yogesh yogi yogita yoichi
yonca yongqiang yoojin yoonah yorgos yoshiaki yoshie yoshihiro yoshiko yoshimi yoshinori yoshio yoshito
yoshiyuki yosuke youcef youness younghee youngsoo yousef yrjo yuanyuan yudha yuhan yuichi yuika yuji yujie
yuka yukari yukiko yukio yuko yulan yuli yulia yuling yuliya yumei yumi yumiko yunfei yuriko yuriy yusra
yusril yusuke yuta yutaka yuthasak yuting yuto yuuki yuxin yuya yveta zacharias zafer zaharia zaki zala
zalan zandile zanele zarina zarko zbigniew zbynek zdislava zdravka zdzislaw zdzislawa zeinab zekeriya zeki
zeliha zeljka zenon zerrin zhanna zhenhua zhigang zhihong zhijun zhimin zhiqiang zhiwei zhiyong ziad ziga
zigmars zigmas zihan zilola zilvinas zinaida zineb zinhle zivko zivorad zixuan ziyi zlata zlatan zlatica
zlatka zodwa zohreh zoi zorana zorica zorka zoubida zsanett zselyke zsofia zsombor zsuzsa zsuzsanna
zubeyde zulkifli zuzka zvezdana zvjezdan zvonimir zygmunt
`;
