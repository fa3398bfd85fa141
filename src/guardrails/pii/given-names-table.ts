/**
 * Given names that are common in several countries, in lower case and without accents (facts of registers of births;
 * those that are everyday words, places or brands as well are left out). Alone they prove nothing.
 */
export const GIVEN_NAMES = `
aaliyah aarav aaron aba abby abdul abdullah abelardo abigail abimbola abraham ada adalberto adam adan
adedayo adel adela adele adelina adeline adil adina aditi aditya adolf adolfo adonis adrian adriana
adriano adrien adrienne agata aglae agnes agnieszka agustin agustina ahmad ahmed ahmet aida aidan aiden
aileen aimee aisha ajay akash akira akos aksel alade alan alana alba albert alberta alberto albin albina
alda alea alec alejandra alejandro aleksander aleksandra alena alessandra alessandro alessia alessio
alex alexander alexandra alexandre alexandrea alexandrine alexane alexanne alexis aleyna alfie alfonso
alfred alfreda alfredo alia alice alicia alida alina aline alisa alisha alison aliya aliyah alize allan
allegra allen allison alois alonzo alton alva alvin alvina alycia alyssa alysson amalia amanda amani
amara amaya amelia amelie amie amina amir amira amit amos amrit amy ana anabel anabela anabelle anais
ananya anastasia anatol anatolie anders andre andrea andreas andrej andres andrew andrzej andy aneta
angela angelica angelina angeline angelique angelo angharad angie anica anika anil anissa anita anja
anjali anka ann anna annabel annabell annabelle anne annette annie annika anouk anthony antoinette anton
antonia antonin antonina antonio antony anya aoife ara araceli archibald arda ari ariadna arian ariana
ariane arianna arielle aris aristide arjun arlene armand armando armin arnaldo arne arno arnold aron
arthur artur arturo arun arvid arya asha ashley ashok assunta astrid asya athena atmaja aubrey audrey
augustin augustina augustine aurel aurelia aurelie aurelio aurore ava axel ayana ayaz ayden ayesha
ayinde ayla aylin ayman aziz azra bala barbara barry bart beata beatrice becky bela belinda bella ben
benjamin bennett bennie benny berenice bernadette bernard bernardo bernhard bernice bert berta bertha
bertram bertrand bessie beth bethany betsy betty beulah beverly bianca bianka bibiana bilal billie billy
bishnu bjorn blaise blake blanca blanka blazej blessing bob bobbie bobby bogdan bonnie boris boyd bozena
bozidar brad bradford bradley brandi brando brandon brandy branimir branislav brayan brenda brendan
brent bret brett brian brice bridget bridgette brigita brigitte britt brittany brooke bruce bruna bruno
bryan bryant byron caitlin caleb calista calvin camelia cameron camila camilla camille candace candice
candida candido cara carina carl carla carlo carlos carlota carlotta carlton carmela carmelo carmine
carol carole caroline carolyn carrie carroll casandra casey cassandra cassandre cassie catalina caterina
catherine cathy cecelia cecil cecile cecilia cedric celestine celia celina celine cesar chandra chanel
charlene charles charlie charlotte chelsey cheryl chester cheyenne chiara chinedu chioma chloe chris
christa christelle christie christina christine christophe christopher christy ciaran cindy claire clara
clarence clarissa clark claudia claudine claudio clayton clemens clement clementina clementine clifford
clifton clint clinton clotilde clovis clyde cody colin colleen collin concepcion conner connie connor
conrad constantin cora coralie cordelia corey cornelia cornelius cory cosima courtney craig cristian
cristina cristobal curt curtis cynthia cyril daan dagmar dagmara dahlia dalila damaris damian damien
damilola damon dan danica daniel daniela daniella danielle danilo danny dante daphne daphnee daria
darian dariana darin darina dario darius darla darlene darnell darrel darrell darren darrin darryl daryl
dave david davide davin dax deanna debbie debora deborah debra deepak deepika defne delbert delfina
delia della delores delphine denis denisa denise deniz dennis derek derrick desiree devin dewey dexter
diana diane dianna dianne diego dimitri dimitris dina dinesh dino dion dipendra divya dmitri dmitry
dmytro dolores domenic domenica domenico domingo dominic dominick dominik dominique donald donat donata
donato donna donnie donny doreen dorian doris dorota dorotea dorothea dorothy doug douglas doyle draga
duane dusan dustin dwayne dwight dylan earnest ebba eda eddie edgar edgardo edison edita edith edmond
edmund edna eduard eduardo edward edwin efe eileen ekaterina ela elaine elbert elda eleanor eleanore
eleazar elena eleni eleonora eleonore eli elia elian eliana eliane elias elif elijah elin elina eline
elinor elisa elisabeth elise eliseo elissa eliza elizabeth ella ellen ellie elliot elliott ellis elmer
elmira eloisa eloise elsa elsie elvira elvis elyssa elza ema emanuel emanuela emeka emelie emely emie
emil emile emilia emilian emiliano emilie emilija emilio emily emin emir emma emmanuel emmanuelle emmett
emmie emmy enes enola enrico enrique ensar enzo ephraim eriberto eric erica erich erick erik erika erin
erma erna ernest ernestine ernesto ervin erwin esmeralda esperanza essie esteban estefania estella
estelle ester estera esther ethan ethel eugen eugene eugenia eula eulalia eunice eusebio eva evan
evangeline evelina eveline evelyn everardo everett evgeny evie ezra fabian fabiana fabio fabiola fannie
fanny farah fatima fatma fausto fay faye federico fedora felicia felicita felipe felix femke feng
ferdinand ferenc fernando fidel filiberto filip filipa filomena finn fiona flavia flavie flavio
florentin florian florine floyd flynn frances francesca francesco francis francisca francisco franco
francois frank frankie franz fred freda freddie frederic frederick frederik frederique fredrick fredy
freya frida frieda friedrich fritz fynn gabor gabriel gabriela gabriella gabrielle gael gaetano gaia
gail galina ganesh gareth garrett garry gary gaspar gaston gaurav gayle gedeon geeta gemma geneva
genevieve gennaro geoffrey georg george georgette georgiana gerald geraldine gerard gerardo gerda
gerhard germaine gertruda gertrude giada gianluca gianni gideon gilbert gilberto gilda gina gino gioia
giorgos giovanna giovanni gita giulia giuliano giuseppe gladys glenda glenn gloria goncalo gonzalo goran
gordana gordon gracie graciela grady greg gregg gregorio gregory greta gretchen gudrun guido guillermo
gunnar gust gustav gustave gustavo gwen gwendolyn habib habiba hailey halima hamza hana hanh hanna
hannah hans harald hari harold harriet harry haruto harvey hasan hassan hattie hayley heather hector
heidi heike heinz helen helena helene helga heloise henri henrietta henriette henrik henry herbert
herman hermann hermina hermine herta hilda hildegard hiroshi hiroto homer horace horacio hortense howard
hubert hugh hugo huong ian ibrahim ida idris ignacio igor ila iliana ilias ilja ilona ilyas imani imelda
immanuel imran inara indira indra ines inez inga ingrid ingrida inka ioannis ira irena irene irina irma
irvin irving iryna isa isaac isabel isabela isabell isabella isabelle isac isaiah isaias isla ismael
ismail istvan iva ivan ivana ivica ivo izabela izabella jace jacinthe jack jackie jacky jacob jacqueline
jacquelyn jacques jada jaden jadranka jaime jairo jake jakob jakub jamal james jamie jamil jana jane
janelle janet janice janie janina janis janna janne jara jared jari jarod jaron jasen jasmin jasmina
jasmine jasna jason javier jay jaya jayce jayda jayden jaylen jayson jazmin jean jeanette jeanne
jeannette jeannie jed jeff jeffery jeffrey jenna jennie jennifer jenny jens jerald jeremiah jeremie
jeremy jermaine jerome jerry jesper jess jesse jessica jessie jessy jesus jette jiaying jiho jill jim
jimmie jimmy jiri jiwoo joakim joan joana joann joanna joanne joanny joao joaquin jocelyn jodi jody joe
joel joelle joey johan johann johanna johannes john johnathan johnnie johnny jolie jon jona jonah jonas
jonatan jonathan jonathon jordi jordy jorge jorgen joris jose josef josefa josefina joseph josephine
josh joshua josiane josie josue jovan joyce jozef jozefina juan juana juanita jude judith judy julia
julian juliana julianne julie julien julieta julio julius juna jurgen justin justina justine justus
justyn kaia kaja kamala kamil kamila kara karen kari karim karin karina karine karl karla karolina
kasper kassandra katarina katarzyna kate katharina katherine kathleen kathryn kathy katie katrina
katrine kavita kavya kay kaya kayden kayla kaylee kayleigh keanu keiko keira keith kelley kelli kellie
kelly ken kenan kendra kenji kenneth kenny kerem kerry kevin khadija khalid khalil kian kiana kiara
kilian kim kimberly kira kiran kirk kirsten klara klaus kobe kofi konrad konstantin konstantinos kornel
krishna krista kristen kristi kristian kristie kristijan kristin kristina kristine kristoffer kristopher
kristy krystal krzysztof kubra kumar kurt kwame kyle kyra lada ladislav laila lakshmi lalita lamar
lambert lana lara larissa larry lars lasse laszlo latoya laura lauren laurence laurent lauriane laurie
laurine lauryn laverne lavinia lawrence laxmi layla lazar lea leah leana leandro leann leanne leda leif
leigh leila lela leland lelia lena lenn lennie lennox lenny leo leon leona leonard leonardo leone leonel
leonid leonida leonie leonor leonora leontina leopold leopoldo leroy leslie lester leticia letitia
letizia lev levi lewis lexi lexie leyla lia liam liana lidia lila lili lilia lilian liliana liliane
lilla lillian lillie lilly lina linda lindsay lindsey linh linn linnea lino linus lionel lisa lisandro
liv liva livia liyana liz liza lloyd logan lois lola lonnie lora loren lorena lorene lorenz lorenza
lorenzo loretta lori loris lorna lorraine lou louie louis louisa louise lourdes lowell luana luc luca
lucas lucia lucian luciana luciano lucie lucienne lucile lucille lucio lucius lucy ludmila ludwig luigi
luis luisa luiza lujza luka lukas luke lula lungelo luther luz lydia lyla lyle lynda lynette lynn lynne
mabel mable macy madeleine madeline mads mae maeve mafalda magali magda magdalena maggie mahir maia
maida maja malcolm malgorzata malik malika malin malina malvina mamie mandy manish manisha manoj manon
manuel manuela mara marc marcel marcela marcelina marcella marcelo marcia marcin marco marcos marcus
marek maren margaret margareta margarita margie margot marguerite maria mariam marian mariana marianna
marianne mariano marica marie marika marilou marilyn marin mario marion marisa marisol marius marjorie
marko markus marlen marlene marley marlon marsha marta martha martin martina martine marty marvin mary
maryam maryann masa matej mateo mathew mathias mathilde mathis matias matilda matilde mats matt matteo
matthew matthias matti mattie maud maude maureen maurice mauricio mauro maxim maxime maximilian maxine
maya mayra medina meena meera megan megane meghan mehmet mei melania melanie melany melba melina melinda
melisa melissa melvin meredith merle merlin mert mervin meryem mette mia micaela micah michael michaela
michal micheal michel michele michelle miguel mika mike mikhail mila milana mildred milena milica milla
milo milos milton mindy minerva minh minjun minnie mira miran miranda mireille mirela miriam mirka mirko
miron miroslav miroslava mitchell mladen modesto mohamed mohammad mohammed mohan moises molly mona
monica monika monique monserrat morgan morris mose moses muhammad muhammed muriel musa mustafa mya
mylene myra myriam myrna myron nada nadezda nadia nadine nadir nancy naomi naomie napoleon narciso
natalia natalie nataliya natan natasa natasha nathalie nathan nathanael nathaniel nawal neal neda neha
neil nela nellie nestor nettie neva nevena ngoc ngozi nia niamh nicholas nichole nico nicola nicolas
nicole niels nika nikhil nikita nikki niklas niko nikodem nikola nikolai nikolas nila nils nina nino
nisa nisha noah noe noel noelia noemi noemie nola nolan nona nora norbert norberto nour novella octavia
oda ofelia ola olaf ole oleg oleksandr olena olga olimpia oliver olivia olivier oliwia ollie oluwaseun
omar omari omer omolara ophelia ora oren orville oscar oskar osvaldo otilia otis owain owen pablo padma
padraig pam pamela paola paolo pascale pasquale patricia patrick patrik patsy patti patty paul paula
paulette paulina pauline pavel pawel pedro peggy penelope percy perla pete peter petronela phil philip
phillip phyllis pia pierre pieter pietro pilar piotr pooja pradeep prakash pranav prem preston priscilla
priya priyanka prokop quentin quinn quinten rachael rachel radomir radoslav radovan rafael rafaela rahul
raina raisa rajendra rajesh rakesh ralph ramesh ramiro ramon ramona randal randall randolph randy rania
raoul raphael raphaelle raquel rasmus raul ravi rayan raymond rebeca rebecca rebeka reginald reina
renata renato rene renee reza rhonda rhys riana ricardo richard rick rickey ricky rico riley rina rita
robert roberta roberto robyn rochelle rocio roderick rodney rodolfo rodrigo rogelio rohan rohit roland
rolando romana romina romy ron ronald ronnie rosa rosalia rosalie rosalinda rosanna rosario rosemarie
rosemary rosie rosina rowan roxane roxanne roy roza rozalia ruben rudolf rudolph rudy rufus rupert
russell ruth ryan sabina sabine sabri sabrina sadie safa safiya sakura sally salma salome salvatore sam
samanta samantha samara sami samir samira sammie sammy samson samuel sana sandeep sandra sandrine sandro
sanja sanjay sanjeev sanne santina santino santos sara sarah sarina sasha saskia satoshi saul scarlett
scott scottie sean sebastian selena selim selin selina selma semih sena seojun serafina serena sergei
sergey sergio seth severin shaina shana shania shanna shannon shanon shanti shany shari sharon shaun
shawn shawna shayna sheila sheldon shelia shelley shelly sheri sherri sherry sheryl shirley shreya
siddharth sidney sidonia sienna sigurd silas silvana silvia simeon simisola simon simona simone sinead
siobhan slavka sofia sofie soledad soma sonia sonja sonya sophia sophie soren spencer stacey stacy stan
stanislav stanislava stanley stefan stefania stefanie stela stella stephan stephanie stephen steve
steven stewart stuart sue sunil sunita suresh surya susan susana susanna susanne susie suzanne sven
svetlana swati sylvester sylvia sylvie szabolcs tabitha takashi talia tamara tami tamia tammy tania
tanya tara tari tariq tasha tatiana tatyana tea ted teddy temitope teodor teodora terence teresa teri
terrance terrell terrence terri terry tess tessa thalia thanh thea thelma theo theodor theodora theodore
theresa therese thomas thorsten tia tiago tiana tiara tibor tiffany tim timmy timo timon timothy tina
titilayo tito titus tobias tobin toby todd tom toma tomas tomasz tomislav tommie tommy tomoko toni tony
tonya tracey traci tracy travis trevor tricia tristan tuan tyler tyrone ubaldo uma umut uriel ursula
usha uwe vaclav vadim valentina valentino valeria valerie valter vanda vanesa vanessa vasco vasil
velimir velma verda verna verner verona veronica veronika vesna vicente vicki vickie vicky vida vijay
vikas vikram viktor viktoria vilma vince vincent vincenza vincenzo vinod violette virgil virginie vito
vivian viviana viviane vivien vivienne vladimir vladimira vladislav wallace walter wanda warren wayne
wei wendell wendy werner wesley wilbert wilbur wilfred wilhelm willard willem william willie willis
willy wilma wilson winifred wolfgang woodrow xander xavier xenia xiaoming xin yahya yannick yannis yara
yasin yasmin yasmine yevgeny yichen yoko yolanda youssef yuki yuna yunus yusuf yves yvette yvonne
zachary zack zackary zahra zainab zakary zaneta zara zayd zdenek zdenka zelda zena zeno zeynep zhen zina
zita zoe zoey zofia zoltan zora zoya zuzanna
`;
