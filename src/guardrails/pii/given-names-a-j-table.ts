/**
 * Given names that are common in several countries, A to J, in lower case and without accents (facts of registers of births;
 * most that are everyday words, places or brands as well are left out). Alone they prove nothing.
 */
export const GIVEN_NAMES_A_J = `
aage aaliyah aarav aaron aba abbas abbie abby abdelkader abdi abdul abdullah abdullahi abel abelardo abigael
abigail abimbola abraham abram achille achim ada adalberto adam adan adda addison adedayo adel adela
adelaida adelbert adele adelheid adelia adelina adeline adem adigun adil adina aditi aditya adnan adolf
adolfo adonis adrian adriana adriane adrianna adrianne adriano adriel adrien adrienne aedan agata agatha
agathe aglae agne agnes agnese agneta agnieszka agusta agustin agustina ahmad ahmed ahmet aicha aida aidan
aideen aiden aileen aili ailis aimee aine aino aisha aisling ajay akash akif akira akos aksel alade alain
alan alana alanna alannah alba albert alberta alberte albertina albertine alberto albin albina albino
albrecht alcides alda aldis aldo alea alec alejandra alejandro alejo aleks aleksandar aleksander aleksandr
aleksandra alen alena alessandra alessandro alessia alessio aleta alex alexander alexandr alexandra
alexandre alexandrea alexandrine alexandru alexane alexanne alexej alexia alexis aleyna alfie alfons alfonso
alfred alfreda alfredo algot alia alice alicia alida alina aline alisa alisha alison alissa alisson alistair
alix aliya aliyah alize allan allegra allen allison almira almus alois aloisia alondra alonso alonzo aloys
alphons alphonse alphonsus alton alva alvar alvaro alvin alvina alwin alwina alwine alycia alyssa alysson
alzbeta alzina amado amalia amalie amalija amanda amandine amani amar amara amaro amaya ambar ambrose amelia
amelie americo amie amina amir amira amit amos amparo amrit amy ana anabel anabela anabella anabelle anahi
anais analia ananya anastacia anastasia anatol anatolie andela anders anderson andre andrea andreas andree
andrei andreia andrej andres andrew andri andrin andrzej andy anes aneta anett anette anezka angela angelica
angelika angelina angeline angelique angelita angelo angharad angie angus anibal anica anika anil anina
anisa anissa anita anja anjali anka anke ann anna annabel annabell annabella annabelle annalena annalisa
annalise annamaria annamarie anne anneke anneli annelie annelies anneliese annelise annemarie annemie
annetta annette annick annie annika annikki annina annita anny anouk anselmo antero anthony antje antoine
antoinette anton antonella antonia antonie antonietta antonija antonin antonina antonino antonio antonius
antony anya aoife apolonia ara arabella araceli aracely arcelia archibald archie arda ardis ari ariadna
arian ariana ariane arianna ariella arielle arif arina aris aristide arjun arlene arlette arley arlo armand
armando armida armin arnaldo arnaud arne arno arnold arnoldo arnulfo aron arpad arsenio arta artemio arthur
artur arturo arun arvid arya aryan arzu asbjorn asha ashlee ashleigh ashley ashling ashok asiman asma
assunta asta astrid asya atena athena atilio atmaja attila aubrey aude audrey augusta auguste augustin
augustina augustine augusto aurel aurelia aurelie aurelien aurelio aurore ava avni axel axelle ayaan ayana
ayaz aydan ayden aydin ayesha ayinde ayla ayleen aylin ayman aynur ayoub ayse aysel ayten ayub aziz azra
azucena babette bailey bala baldur baldwin baltasar balthasar baptiste barbara barbora barry bart
bartholomew bartley basilio basim bastien bautista bayram bayron beata beate beatrice beatrix beatriz becky
bela belen belinda bella ben benard benedicte benicio benita benito benjamim benjamin bennett bennie benno
benny benoit benson benta bente benthe berend berenice berit bernabe bernadette bernadine bernard bernarda
bernardino bernardita bernardo bernd berndt bernhard bernice bernt bert berta bertha berthe bertil bertram
bertrand beryl bessie betania beth bethan bethany betina betsy bettina betty beulah beverley beverly biagio
bianca bianka bibi bibiana bilal biljana billie billy birger birgit birgitta birte birthe bishnu bjarne
bjorg bjorn bladimir blahoslav blaine blaise blake blanca blanka blas blazej blazena blessing bob bobbie
bobby boel bogdan bohumil bohumila bohumir bohuslav bojan boleslav bonnie boris borja boyd bozena bozidar
brad bradford bradley brahim brandi brando brandon brandy branimir branislav branka branko braulio braxton
brayan brayden breanna breda brenda brendan brendon brent bret brett brian briana brianna brice bridget
bridgette brien brigid brigida brigita brigitta brigitte brinda brita britt britta brittany brittney brodie
brogan bronagh bronislava bronwyn brooke bruce bruna bruno bryan bryant bryce byron cacilia caitlin caitlyn
caitriona caleb calista callum calogero calvin camelia cameron camila camilla camille camilo candace
candelaria candice candida candido caoimhe capucine cara caren caridad carina carine carl carla carlo carlos
carlota carlotta carlton carly carmela carmelita carmelo carmen carmina carmine carol carole carolin
caroline carolyn carolyne carrie carroll carsten casandra casey cassandra cassandre cassidy cassie catalina
catarina caterina cathal catharina catherine cathleen cathrine cathy catrin catrina catriona cecelia cecil
cecile cecilia cecilie cedric ceferino celestin celestine celestino celia celina celine celso cesar ceyhun
chandra chanel chantal chantel chantelle charlene charles charlie charline charlotta charlotte charly
charmaine charo chelsey cherie cheryl chester cheyenne chiara chinedu chioma chloe chris christa christel
christelle christiana christiane christianne christie christin christina christine christof christofer
christoffer christoph christophe christopher christos christy ciara ciaran cillian cindy cinthia cintia
cipriano citlali claire clara clare clarence clarice clarisa clarissa clarisse clark claudette claudia
claudie claudine claudio claudius claudy clayton clemence clemens clement clemente clementina clementine
clifford clifton clint clinton cliodhna cliona clive clodagh clotilde clovis clyde cody colette colin
colleen collette collin collins colton colum conall concepcion concetta conner connie connor conor conrad
constance constantin constanza constanze consuela consuelo cora coralie cordelia cordula corey corina corine
corinna corinne cormac cornelia cornelio cornelis cornelius corrie cortney cory cosima cosimo courtney craig
cristhian cristian cristiano cristina cristobal cristofer cristopher csaba ctibor curt curtis cynthia
cyprian cyril cyrille daan dafina dafne dagmar dagmara dagny dagoberto dahlia daire dalibor dalila dalvin
damaris damian damiano damien damilola damir damjan damon dan danae dania danica daniel daniela daniele
daniella danielle danijel danijela danilo danny dante daphne daphnee daren daria darian dariana darin darina
dario darius dariusz darko darla darlene darnell darragh darrel darrell darren darrin darryl darryn daryl
daudi dave david davide davin davor davy dax dayana dayna deane deanna dearbhail dearbhla debbie debby
debora deborah deborrah debra declan deepak deepika defne deidre deirdre deisy dejan delbert delfina delia
della delores delphine demetra demetrio demian denis denisa denise denisse deniz dennis dereck derek derick
dermot derrick dervla desiderio desiree desmond detlef devin dewey dewi dexter deyanira diana diane diann
dianna dianne diarmuid didier diego dieter dietmar dietrich dilara dillon dimitri dimitrios dimitris dina
dinah dinesh dino diogo dion dionisio dionne dipendra divya diya dmitri dmitry dmytro dobroslav dolores
domenic domenica domenico domhnall dominga domingo dominic dominick dominik dominika dominique donald donat
donata donatella donato donna donnie donny donovan dora dorcas doreen dori dorian dorina dorine doris dorota
dorotea dorothea dorothee dorothy dorte dorthe doug douglas doyle draga dragan dragica drago drahomira
drahoslav drahoslava duane duncan dunja dusan dustin dwayne dwight dylan eamon eamonn earnest ebba ebbe
ebenezer eda edda eddie eddy edelmira edgar edgard edgardo edina edinson edison edita edith edmond edmund
edmundo edna edouard edson eduard eduarda eduardo edvard edvin edward edwin edwina efe efrain efren egbert
eggert egon eileen eilis eilish eimear eimer einar eino ekaterina ekrem ela eladio elaine elba elbert elda
eldar eldon eleanor eleanora eleanore eleazar elena eleni elenore eleonora eleonore eleuterio elfie elfriede
eli elia elian eliana eliane elias elie eliecer elif elijah elin elina eline elinor elio eliot elis elisa
elisabet elisabeth elise eliseo elisha eliska elissa eliza elizabeth ella ellen ellie ellinor elliot elliott
ellis elly elmar elmer elmira elmo elnur elodia elodie eloi eloisa eloise eloy elsa elsbeth elsie elsy elton
elvia elvin elvina elvira elvis elvy elyssa elza elzbieta ema emanuel emanuela emeka emelia emelie emelina
emeline emely emie emil emile emilia emilian emiliana emiliano emilie emilija emilio emilly emily emin emine
emir emma emmanuel emmanuelle emmet emmett emmi emmie emmy encarnacion enea enes ennio enola enrico enrique
enriqueta ensar enver enya enzo eoghan eoin ephraim epifanio erasmo erastus erdogan erhard eriberto eric
erica erich erick erik erika erin erina eris erkan erla erland erling erma erna ernest ernestina ernestine
ernesto ernst erol ervin erwin eryn esmeralda esperanza esra essie esteban estefania estefany estela estella
estelle ester estera esther estrella ethan ethel etienne eufemia eugen eugene eugenia eugenie eugenio eula
eulalia eunice eusebia eusebio eva evald evaline evan evance evangelina evangeline evaristo evelien evelin
evelina eveline evelio evelyn evelyne everardo everett evert evgeny evie ewald ezekiel ezequiel ezio ezra
fabian fabiana fabien fabienne fabio fabiola fabrice fabricio fabrizio facundo fannie fanny farah farid
fariz faruk fatih fatiha fatima fatma faustino fausto fay faye feargal fearghal febe federica federico fedor
fedora felice felicia feliciano felicie felicita felicitas felicity felipa felipe felix femke feng ferdinand
ferenc fergal fergus fernand fernanda fernande fernando fidel fien filiberto filip filipa filipe filippa
filippo filomena finbar finn fintan fiona fionnuala flavia flavie flavio flemming florencia florencio
florent florentin florentina florentine florentino florian floriane florin florina florinda florine floris
floyd flynn fortunata frances francesca francesco francine francis francisca francisco franck franco
francois francoise franjo frank frankie franky frans frantisek frantiska franz fred freda freddie freddy
frederic frederick frederik frederique fredo fredric fredrick fredy freja freya frida fridolin frieda
friederike friedrich fritz frode fynn gabi gabino gabor gabriel gabriela gabriele gabriella gabrielle gael
gaelle gaetano gaia gail galina ganesh gareth garret garrett garry gary gaspar gaston gaurav gavin gayle
gaylene gebhard gedeon geert geeta gemma genaro geneva genevieve gennaro genoveva geoffrey georg george
georgette georgiana georgina georgine georgios gerald geraldine geraldo gerard gerardo gerd gerda gerhard
gerhardt gerlinde germaine gerold geronimo gerrit gerry gerson gertrud gertruda gertrude geza ghislain
ghislaine giacomo giada giancarlo gianfranco gianluca gianna gianni gideon gilbert gilberte gilberto gilda
gilles gillian gilman gina ginette gino gioia giorgia giorgio giorgos giovanna giovanni giovanny gisela
gisele giselle gisselle gita gitte giulia giuliana giuliano giulio giuseppa giuseppe giuseppina gladis
gladys glenda glenn gloria godfrey goncalo gonzalo goran gordana gordon gottfried gottlieb gracia gracie
graciela grady graeme grainne grayson graziella greg gregg gregoire gregorio gregory greta gretchen grete
grethe gretta griselda grzegorz gudrun guido guilherme guillaume guillermina guillermo gulaga gulay gulus
gulzar gunar gunda gunhild gunnar gunner gunter gunther gust gustaf gustav gustave gustavo gwen gwenda
gwendoline gwendolyn habib habiba hadija hailey hakan hakim hakon haley halima hamid hamish hamza hana hanh
hanife hanna hannah hanne hannele hannelore hannes hans hansjorg hanspeter harald hari harold harriet harry
hartmut harun haruto harvey hasan hassan hatice hattie haydee hayden hayleigh hayley heather hector hedda
hedi hedvika hedwig hedy heidi heidy heike heiko heinrich heinz helen helena helene helga helge helma helmer
helmut heloise hendrik henning henny henri henrieta henrietta henriette henrik henrique henry herbert herdis
heriberto herma herman hermann hermina hermine herminia herminio hernan hernando herta hertha herve hilario
hilbert hilda hilde hildegard hildur hillary hillevi hilma hilmar hipolito hiram hiroshi hiroto hjalmar
hjordis hollie homer honora horace horacio horst hortense hortensia howard hubert hugh hugo hugues huguette
hulda humberto humphrey huong huseyin hussein iain ian ibrahim ida idris ieva ignac ignace ignacia ignacio
ignatz ignaz igor ihsan ila ilaria ildiko ileana ilenia iliana ilias ilija ilja ilona ilyas imani imelda
imke immanuel imran inara inaya indira indra ines ineta inez inga inge ingeborg inger ingmar ingo ingrid
ingrida ingvar inka inna ioannis iolanda ira irena irene irfan irina irine irja irma irmgard irvin irving
iryna isa isaac isabel isabela isabell isabella isabelle isac isadora isaiah isaias ishaan isidor isidora
isidoro isidro isla ismael ismail ismet isobel issack istvan itzel iva ivan ivana ivanka ivar iver iveta
ivette ivica ivo ivona ivonne ivor iwan izabela izabella izidor jaan jace jacek jacinta jacinthe jacinto
jack jackeline jackie jackson jacky jaclyn jacob jacobo jacqueline jacquelyn jacques jada jaden jadranka
jael jafet jaime jair jairo jake jakob jakub jamaal jamal jameel james jamie jamil jamila jana jane janelle
janet janeth janette janice janick janie janik janina janine janis janko jann janna janne jannie jannik
jannis jano janos janus jaqueline jara jared jari jarlath jarmila jarno jarod jaromir jaron jaroslav
jaroslava jarrod jasen jasmin jasmina jasmine jasna jason jasper javier javiera jaxon jay jaya jayce jayda
jayde jayden jaylen jayne jayson jazmin jean jeana jeanette jeanine jeanne jeannette jeannie jeannine jed
jeff jeffery jeffrey jeison jelani jelena jelle jemma jenifer jeniffer jenna jenni jennie jennifer jenniffer
jenny jens jerald jeremiah jeremias jeremie jeremy jerica jermaine jerome jeronimo jerry jerson jerzy jesper
jess jesse jessica jessie jessika jessy jesus jette jhoan jhon jhonatan jhonny jiaying jiho jill jillian jim
jimena jimmie jimmy jiri jiwoo joachim joakim joan joana joann joanna joanne joanny joao joaquim joaquin
joaquina jocelyn jocelyne jochen jodi jodie jody joe joel joelle joey johan johana johann johanna johanne
johannes johans john johnathan johnnie johnny johny jolana jolanda jolanta jolene jolie joline jon jona
jonah jonas jonatan jonathan jonathon joni jonna jonny joost jordi jordon jordy jorg jorge jorgen joris
jorja jorunn jose josee josef josefa josefin josefina josefine joselyn josep joseph josephine josephus
josette josh joshua josiah josiane josie josip josko josua josue jovan jovana jovita joyce jozef jozefina
juan juana juanita jude judit judita judith judy juhani jule jules julia julian juliana juliane julianna
julianne julie julien julienne juliet julieta juliette julija julijana julio julius juna junius jure jurgen
juri justin justina justine justus justyn jutta juul
`;
