/**
 * Given names that are common in several countries, K to Z, in lower case and without accents (facts of registers of births;
 * most that are everyday words, places or brands as well are left out). Alone they prove nothing.
 */
export const GIVEN_NAMES_K_Z = `
kaarina kaia kaitlin kaitlyn kaja kaleb kalevi kalina kalle kalman kamal kamala kami kamil kamila kamran
kamron kamya kara karan kareem karel karen kari karim karima karin karina karine karl karla karley karli
karlina karlo karol karolin karolina karoline karsten karyn kasim kaspar kasper kassandra katalin katarina
katarzyna kate katelyn katerina katerine katharina katharine kathe katherin katherina katherine kathi
kathleen kathrin kathryn kathy katia katie katja katrin katrina katrine katty katy kavita kavya kay kaya
kayden kayla kaylee kayleigh kazim keanu keegan keely keiko keira keisha keith kelley kelli kellie kelly
kelsey kelvin kemal ken kenan kendra kenji kennedy kenneth kenny kenzie kerem kerri kerrie kerry kerstin
kevin khadija khaled khalid khalil khloe kian kiana kiara kiera kieran kilian killian kim kimberley kimberly
kira kiran kirk kirsten kirstie kirstin kirsty kjell klaas klara klaudia klaus klemens klement knut kobe
koen kofi konrad konstantin konstantinos kornel kornelia kornelius krish krishna krista kristel kristen
krister kristi kristian kristiana kristie kristiina kristijan kristin kristina kristine kristjan kristof
kristofer kristoffer kristopher kristy krystal krystyna krzysztof kubra kumar kurt kurtis kvetoslava kwame
kyan kyara kyle kylie kyra lada ladina ladislav ladislava laetitia laila lakshmi lalita lamar lambert lana
lara larissa larry lars lasse laszlo latasha latif latoya laura laure laureen lauren laurence laurens
laurent laurenz lauretta laurette lauri lauriane laurie laurin laurine lauryn lautaro laverne lavinia
lawrence laxmi layla lazar lazaro lea leah leana leander leandra leandro leann leanne leano leda leidy leif
leigh leila lela leland lelia lena leni lenka lenn lennart lennie lennox lenny leo leon leona leonard
leonardo leonce leoncio leone leonel leonhard leonid leonida leonidas leonie leonor leonora leonore leontina
leontine leopold leopoldo leroy lesia lesley leslie lesly lester leticia letitia letizia lev levi lewis lexi
lexie leyla leyli lia liam lian liana liane liban libby libor lidia lidija liesbeth ligia ligita liisa lila
lili lilia lilian liliana liliane lilija lilja lilla lilli lillian lillie lilly lina linda linde lindsay
lindsey linh linn linnea lino linus lionel lisa lisandro lisbet lisbeth liselotte lisette lissette liv liva
livia livio liyana liz liza lizeth ljiljana ljubica ljudmila lloyd logan lois lola lolita lonnie lora
loraine lorcan loredana lorelei loren lorena lorene lorenz lorenza lorenzo loretta loretto lori lorin lorine
loris lorna lorraine lothar lotte lotti lou louie louis louisa louise lourdes lovisa lovro lowell luan luana
lubomir luc luca lucas lucette lucia lucian luciana luciano lucie lucien lucienne lucija lucila lucile
lucille lucinda lucio lucius lucretia lucy ludivine ludmila ludovica ludvig ludvik ludwig luigi luis luisa
luise luisina luiza lujza luka lukas lukasz luke lula lungelo lutfi luther lutz luz luzia lydia lydie lyla
lyle lynda lyndon lyndsay lyndsey lynette lynn lynne lynnette lynsey maaike maarit maarten mabel mable macy
maddison madeleine madelene madeline mads mae maelle maeva maeve mafalda magali magaly magda magdalena
magdalene maggie maggy magnus mahdi mahir mahmoud mahmud mahmut maia maicol maida maija maik mairead maite
maja majken makayla makena maksim malachy malak malcolm malea malena malene malgorzata malia malik malika
malin malina mallory malou malte malvina mamie mandy manfred manish manisha manoj manon mantas manuel
manuela manuelita manus mara marc marcel marcela marcelina marceline marcelino marcell marcella marcelle
marcello marcelo marcia marcial marcin marcio marco marcos marcus marek maren margaret margareta margarete
margaretha margarida margarita margaux margherita margie margit margita margot margret margrit marguerite
maria mariah mariam marian mariana marianela mariann marianna marianne mariano maribel marica maricela marie
mariela mariella marielle marietta mariette marija marijan marijana marika marilena marilou marilyn marin
mario marion marisa marisela marisol marissa marit marita maritta maritza marius mariusz marjan marjatta
marjorie marko markus marleen marlen marlena marlene marley marlies marlin marlis marlon marlyse marsha
marta martha marthe marti martim martin martina martine marty marvin mary maryam maryann maryanne marylene
maryline maryse masa massimiliano matej mateo mateus matheo mathew mathias mathieu mathijs mathilda mathilde
mathis matias matija matilda matilde mato mats matt matteo matthew matthias matthieu matti mattia mattias
mattie matyas maud maude maura maureen maurice mauricette mauricio maurine maurits maurizio mauro maxim
maxime maximilian maximiliano maximilien maximo maximus maxine maya mayra mayte mckenzie meagan meaghan
medina meena meera megan megane meghan mehdi mehmet mei meike meinrad melania melanie melany melba melina
melinda melisa melissa melodie melvin meredith merel merle merlin mert mervin mervyn meryem mette mia micael
micaela micah micha michael michaela michaele michal micheal michel michela michele micheline michell
michelle mickael miguel mihael mihaela mijo mika mikael mikaela mikayla mike mikhail mikkel mikulas mila
milada milagros milana milda mildred milena milica milka milla millicent millie milly milo milos miloslav
miloslava milton mindy minerva minh minjun minnie miodrag mira miran miranda mirco mireille mirela mirella
mireya miriam miriama mirja mirjam mirjana mirka mirko mirna miro miron miroslav miroslava mirsad misael
mitchel mitchell mitra mladen modesto mohamad mohamed mohammad mohammed mohan moira moises mojmir mollie
molly mona monica monika monique monserrat moreno morgan morgane moritz morris morten mortimer mose moses
muhamed muhammad muhammed mulayim muni murat muriel murielle musa muslum mustafa mustapha mya mylene myra
myriam myrna myron myrta nabil nada nadege nadezda nadia nadin nadine nadir nadja nahuel naim najam nancy
nanna nanni naoise naomh naomi naomie napoleon narcisa narciso nassim natacha natali natalia natalie
natalija nataliya natalja nataly natan natanael nataniel natasa natascha natasha natasja nathalia nathalie
nathaly nathan nathanael nathaniel nawal nayeli nazim neal neda neha nehemiah neil nela nelia nelida nelio
nelli nellie nelly nenad nereida nestor nettie neva nevena nevenka neville nevin nevio ngoc ngozi nia niall
niamh nicanor nichola nicholas nichole nicklas nicky niclas nico nicola nicolai nicolas nicole nicoletta
niels nieves nigel nihad nihal niina nika nikhil nikita nikki niklas niko nikodem nikola nikolai nikolaj
nikolaos nikolas nikolaus nikoletta nikolina nila nils nina nino nisa nisha nives niyazi noah noam noe noel
noelia noella noelle noemi noemie nola nolan nona nora norah norbert norberto noreen norma nour novella
nuala nuno nuria nuru nury oceane octavia octavie octavio oda odalis odalys odette odile ofelia okto ola
olaf olav olavi oldrich ole oleg olegario oleksandr olena olga olimpia oliver olivia olivie olivier oliwia
ollie olof oluwaseun omar omari omer omolara oonagh ophelia ophelie ora oren orhan orlaith orlando ornella
orville oscar oskar osman osvald osvaldo oswald oswaldo othmar otilia otis ottilia ottilie ovidio owain owen
oxana oystein oyvind ozlem pablo padma padraic padraig paige pam pamela panfilo paola paolo pascale pascual
pascuala pasquale patric patrice patricia patricio patrick patrik patrizia patsy patti patty paul paula
paule paulette paulina pauline paulino pauric pavel pawel peadar pearse pedro peggy pekka penelope percy
perla petar pete peter petrina petronela petros petter peyton phil philip philipp philippa philippe phillip
philomena phoebe phylis phyllis pia pierina piero pierre pierrette pieter pietro pilar piotr pirmin pooja
porfirio pradeep prakash pranav prem preston prisca priscila priscilla priska priya priyanka prokop qabil
qadim qasim quentin quinn quinten rabah rachael racheal rachel rachelle rachid radmila radomir radoslav
radovan rafael rafaela raffael raffaela raffaele raffaella rafiq ragna ragnar ragnhild raheem rahel rahul
raimund raimundo raina rainer raisa rajendra rajesh rakesh ralf ralph ramazan ramesh ramiro ramon ramona
randal randall randi randolf randolph randy rania raoul raphael raphaela raphaelle raquel rasmus raul ravi
rayan raymond raymonde razi rebeca rebecca rebeka rebekah rebekka redmond reginald regine reimar reina
reinaldo reiner reinhard reinhart reinhilde reinhold reino remi remigio remy renata renate renato renaud
rene renee renzo reuben reva reyna reynaldo reza rhianna rhiannon rhoda rhona rhonda rhys riana ricarda
ricardo riccardo richard rick rickey ricky rico rigoberto riley rina rita riya robbie robby robert roberta
roberto robyn rochelle rocio roderick rodger rodney rodolfo rodolphe rodrigo roel rogelio roger rohan rohit
roisin roland rolande rolando rolf romain romaine romana romane romina romuald romulo romy ron ronal ronald
ronaldo ronan ronja ronnie ronny rony roque rory rosa rosalba rosalia rosalie rosalind rosalinda rosanna
rosanne rosario roseanna roseline roselyn rosemarie rosemary rosendo rosetta rosey rosie rosina rosita
roslyn rosmarie rossana roswitha rosy rouven rowan rowena roxana roxane roxanna roxanne roy roza rozalia
rozalija ruairi ruben rudi rudiger rudolf rudolph rudy rufino rufus rupert ruperto russell ruth ruzena
ruzica ryan ryszard saad saadat saban sabina sabine sabir sabri sabrina sacha sadie safa safiya saida sakura
salih salim salina sally salma salome salomon salvatore sam samanta samantha samara sami samir samira sammie
sammy samson samuel sana sandeep sandor sandra sandrine sandro sanja sanjay sanjeev sanna sanne santina
santino santos sara sarah sarai sarina sarita sascha sasha saskia satoshi saul saundra saverio scarlet
scarlett scarlette scott scottie seamus sean sebastiaan sebastian sebastiano sebastien selena selim selin
selina selma semih sena seojun serafina serena sergei sergej sergey sergio seth severin severine severino
severo sevim seyda shaina shakira shana shane shania shanice shanna shannan shannen shannon shanon shanti
shany shari sharlene sharon shaun shauna shawn shawna shay shayna shayne shea sheena sheila sheilah shelby
sheldon shelia shelley shelly sheree sheri sherri sherry sheryl shiela shirley shona shreya sibylle
siddharth sidney sidonia siegfried sienna sigmar sigmund sigrid sigrun sigurd silas silja silje silke
silvana silvano silvester silvia silvio simeon simion simisola simon simona simone simonne sinead sinisa
siobhan skyla skylar slavica slavka slavko slavomir socorro sofia sofiane sofie soledad solene solveig soma
sonia sonja sonny sonya sophia sophie soraya sorcha soren spencer stacey stacie stacy stan stanislaus
stanislav stanislava stanislaw stanley stefan stefana stefani stefania stefanie stefanija stefano steffen
steffi steinar stela stella stephan stephane stephanie stephany stephen steve steven stewart stijn stina
stjepan stuart sue sula suleyman sumayya sunil sunita suresh surya susan susana susann susanna susannah
susanne susie sussie suzana suzanna suzanne suzette suzy svatopluk svea sven svenja sverre svetlana swati
sybilla sybille sylvain sylvester sylvia sylviane sylvie sylwia szabolcs tabitha tadeas tadeusz tahir taina
taja takashi talia talib tamanna tamara tami tamia tammie tammy tanguy tania tanja tanya tapani tapio tara
tari tarik tariq tasha tatiana tatjana tatyana tayla tea ted teddy temitope tenzin teodor teodora teodoro
teofilo terence teresa terese teresia teresita terezia teri terrance terrell terrence terri terry tess tessa
thaddeus thalia thanh thea thekla thelma theo theodor theodora theodore theophile theres theresa therese
theresia thiago thibaud thibault thibaut thierry thijs thomas thorsten tia tiago tiana tiara tiare tibor
tiffany tiina tijs tilda tilman tim timea timmy timo timon timotej timoteo timothee timothy tina tindra tino
titilayo tito titus tiziana tiziano tobias tobin toby todd toivo tom toma tomas tomasa tomasz tomislav
tommie tommy tomoko toni tonia tonny tony tonya torben torbjorn tove tracey traci tracie tracy travis trevor
tricia trine tristan trudi tuan turkan tuulikki tyler tyra tyrone ubaldo ugur ulises ulla ulrich ulrik
ulrike uma umar umberto umut uriel ursula urszula usha usman uwe vaclav vadim valborg valdemar valentim
valentin valentina valentine valentino valeria valerie valerio valery valeska valter vanda vanesa vanessa
vanja vanya vasco vasil veerle velimir velma verda verena verna verner verona veronica veronika veronique
vesna veta vicente vicki vickie vicky victoire victor victoriano victorine victorino vida vidal vidar viggo
vijay vikas vikram viktor viktoria viktorija vilhelm vilhelmina vilma vince vincent vincenza vincenzo
vinciane vinod vinzenz violeta violetta violette virgil virgilio virginie viridiana vito vitor vitoria
vittoria vittorio vivian viviana viviane vivien vivienne vladimir vladimira vladislav vlasta vlastimil
vojtech volker vratislav waldemar walid wallace walter waltraud wanda warren wayne wei wendelin wendell
wendy wenzel werner wesley wilber wilbert wilbur wilfred wilfredo wilfrido wilfried wilhelm wilhelmina
wilhelmine willard willem willi william willian willie willis willy wilma wilmer wilson winfred winifred
witold wladimir wolfgang woodrow wouter xander xaver xavier xenia xiaoming ximena xin xiomara yadigar yadira
yael yahya yair yamilet yanet yanis yannick yannis yaqub yara yaritza yasar yasemin yasin yasmin yasmina
yasmine yassin yassine yazgul yazmin yeison yenifer yenny yesenia yesica yessenia yessica yevgeny yichen
yilmaz ylva yngve yohan yohana yoko yolanda yolande yosef yoselin younes youssef yrsa yuki yuliana yuna
yunis yunus yuri yuridia yusuf yvan yves yvette yvon yvonne zacarias zacharie zachary zack zackary zahid
zahir zahra zahur zaid zaida zainab zaira zakaria zakary zamir zaneta zara zayan zayd zdenek zdenka zdenko
zdravko zehra zelda zeljko zelma zena zeno zenobia zenta zeynep zhen zigmund zina zita zlatko zoe zoey zofia
zoltan zora zoraida zoran zoya zsolt zuzana zuzanna zvonko
`;
