/**
 * Given names that are everyday words, places or brands as well, in lower case: they count only before another word in capitals,
 * where the text speaks of a person elsewhere too.
 */
export const GIVEN_NAMES_THAT_ARE_WORDS = `
abner abril adelaide alexandria amber angel anis art ashanti aspen aurora austin baker basil
beau beck bee benedict bentley bill blaze bo booker britney bronte brooks burt butch cal camellia candy carmel
carolina carson cary chandler charity chase chip christian cicero claude clay clover comfort crystal cyan dane
dawn dawson deacon destiny diamond dick don drew duke eve faith fawn flint flora foster fox franklin gene gia
giles graham grant gray grey guadalupe gus guy hale harrison hayes herb hope hudson hunt hunter hyacinth jan
jordan joy juniper justice karma kendall lacey lark lavender lee lily linden mac madison marigold mark marlowe
mason max melody mercy miles moe nan ned nelson nick norman olive otto paisley pandora parker parris pat
patience pearl peg penny quincy rand ray reed regina reid rex rhodes rob rose ruby rye sandy sawyer scout shaw
shiloh simba skip sloane sullivan sutton sybil tate tawny taylor teal tex thatcher trey truman turner ty val
vernon victoria virginia viv wade walker walt ward waverly will willow winston wren wright xena
`;
