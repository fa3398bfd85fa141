/** Names that are known to all, in lower case: beside nobody's other data a name of theirs is nobody's personal data. */

/** Last words of a name that no other name is thought of at. */
export const KNOWN_SURNAMES = `
antoinette archimedes aristotle asimov athena austen baggins balzac bardot batman baudelaire beckham beethoven beyonce
bezos biden bolivar bonaparte bradbury buddha caesar camus caravaggio cervantes cezanne chekhov chomsky chopin
churchill cleopatra cobain columbus confucius copernicus curie dali darwin debussy degeneres descartes dicaprio
dickens djokovic dostoevsky dracula dumas dumbledore edison einstein eminem erdogan euclid euler faraday federer
feynman fibonacci frankenstein freud frodo gaia galileo gandalf gandhi garibaldi gatsby gauss goethe gogh goodall
gorbachev guevara gutenberg hamlet hawking hegel heisenberg hemingway hendrix hippocrates hitchcock hitler holmes
juliet kafka kahlo kant kardashian karenina kepler khrushchev kierkegaard knuth kubrick lenin lovecraft lovelace
macbeth machiavelli macron madonna magellan malala mandela mao maradona marconi marx matisse mbappe mccartney merkel
messi michelangelo monet moriarty mozart muhammad musk mussolini nadal nadella napoleon nehru netanyahu neymar
nietzsche obama oppenheimer orwell pasteur pele picasso pichai plato poe poirot presley proust pushkin putin
pythagoras quixote rembrandt renoir rihanna romanoff romeo ronaldo rousseau rowling sarkozy sartre schrodinger
schumacher schwarzenegger scorsese shakespeare sherlock sinatra skywalker snape socrates spielberg spinoza spock
stalin stallman steinbeck superman tagore tarantino tchaikovsky tesla thatcher thoreau thunberg tolkien tolstoy
torvalds trotsky trump turing vader valjean verdi vermeer verne verstappen vinci vivaldi voldemort voltaire warhol
weasley wittgenstein wonka wozniak zapata zelensky zelenskyy zeus zuckerberg
`;

/** Full names whose last word is also many others'. */
export const KNOWN_NAMES = `
abraham lincoln|ada lovelace|adam smith|agatha christie|alan turing|alexander hamilton|amelia earhart|andrej karpathy|
angela merkel|angelina jolie|arthur conan doyle|atticus finch|audrey hepburn|babe ruth|bart simpson|benjamin franklin|
bernie sanders|bill clinton|bill gates|bill nye|billie eilish|bob dylan|bob marley|boris johnson|brad pitt|
bruce banner|bruce lee|bruce wayne|buzz aldrin|calvin klein|captain america|carl sagan|charles darwin|charlie chaplin|
charlotte bronte|chris evans|christian dior|christopher nolan|clark kent|coco chanel|daenerys targaryen|dan brown|
darth vader|david bowie|demis hassabis|denzel washington|donald duck|dorian gray|dwight eisenhower|dylan klebold|
ed sheeran|edgar allan poe|elia kazan|elizabeth bennet|elon musk|elton john|emily bronte|emily dickinson|emma stone|
emma watson|eric harris|ernest rutherford|fidel castro|florence nightingale|franklin roosevelt|freddie mercury|
frederick douglass|genghis khan|geoffrey hinton|george bush|george r r martin|george washington|gordon ramsay|
grace hopper|greg brockman|hans zimmer|harriet tubman|harry potter|henry ford|hermione granger|hillary clinton|
holden caulfield|homer simpson|huckleberry finn|hugo boss|indiana jones|isaac newton|jack ma|jackie chan|james bond|
james clerk maxwell|james joyce|james webb|jamie oliver|jane austen|jane doe|jane eyre|janet jackson|jennifer lawrence|
jennifer lopez|jim carrey|joan of arc|joe biden|john adams|john doe|john f kennedy|john kennedy|john lennon|john locke|
john watson|john williams|johnnie walker|johnny depp|jon snow|julia roberts|justin bieber|kamala harris|kanye west|
kate spade|keanu reeves|kendrick lamar|king arthur|king charles|kobe bryant|kurt cobain|lady gaga|larry page|
lebron james|louis vuitton|luke skywalker|luna lovegood|malcolm x|marc jacobs|marco polo|margaret thatcher|
marilyn monroe|mark twain|martin luther|martin luther king|mary kay|mary shelley|max planck|meryl streep|
michael jackson|michael jordan|michael kors|mickey mouse|mike tyson|miss marple|morgan freeman|mother teresa|mr darcy|
mr potter|muhammad ali|narendra modi|neil armstrong|neil degrasse tyson|nicholas ray|niels bohr|noam chomsky|
oliver twist|oprah winfrey|oscar wilde|paul smith|peter pan|peter parker|pope francis|prince harry|princess diana|
queen elizabeth|ralph lauren|ralph waldo emerson|richard nixon|richard wagner|rick sanchez|robert downey|robin hood|
robin williams|roger federer|ron weasley|ronald reagan|rosa parks|sam altman|scarlett johansson|scott fitzgerald|
scrooge mcduck|sebastian bach|serena williams|sergey brin|stephen curry|stephen king|steve jobs|steve rogers|
steve wozniak|taylor swift|theodore roosevelt|theresa may|thomas hobbes|thomas jefferson|tiger woods|tim cook|
tom brady|tom cruise|tom hanks|tom sawyer|tommy hilfiger|tony blair|tony stark|tyrion lannister|usain bolt|
venus williams|victor hugo|virginia woolf|walt disney|walt whitman|walter white|warren buffett|wayne gretzky|
werner heisenberg|will smith|william faulkner|wojciech zaremba|yann lecun|yoshua bengio|yuri gagarin
`;
