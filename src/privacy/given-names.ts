/**
 * Given names that are common where surveys are answered, in small letters without marks. They only tell a name from an
 * adjective after “I am”; nothing else is found by them.
 */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  `
  aaron adam agnieszka ahmed aisha alan alejandro aleksandra alessandro alex alexander alexandra alice alina ali amanda
  amelia amy ana anastasia andre andrea andreas andrew angela anita anja ann anna anne annika antoine antonio arthur
  astrid barbara beata beatriz ben benjamin bernd birgit bjorn bob brian bruno camille carla carlos carmen carol
  caroline catherine cecilia celine charles charlotte chiara chris christian christina christine christopher claire
  clara claudia cristina daniel daniela david deborah denise diana diego dirk dmitri dominik donna dorothea edward elena
  elisabeth elizabeth ella ellen emil emily emma eric erik erika ernesto eva evelyn fabian fatima felix fernando finn
  fiona florian francesca francesco francisco francois frank franziska frederik gabriel gabriela george georg gerd
  giovanni giulia grace greta guido gustavo hanna hannah hans harald harry heidi heike helen helena henrik henry hugo
  ian igor ines ingrid irina isabel isabella ivan jack jacob jakob james jan jana jane janet jason javier jean jennifer
  jens jessica jim joan joanna joao joe johan johanna john johannes jonas jonathan jorge jose joseph joshua juan juergen
  jurgen julia julie julien justin kai karen karin karl kate katarzyna katharina katherine kathrin katja keith kevin
  kim klaus kristina krzysztof lara lars laura lea lena leon leonie linda lisa liam louis louise luc luca lucas lucia
  lucy luis luisa lukas magdalena malgorzata manuel marc marco marcos marcus margaret maria marie marina mario marion
  mark markus marta martin martina mary mateo mateusz matteo matthew matthias max maximilian megan melanie michael
  michal michelle miguel mike mikael milan mohamed mohammed monica monika nadia nadine nancy natalia natalie nathalie
  niklas nicola nicolas nicole nina noah nora olaf olga oliver olivia oscar pablo pamela paola patricia patrick paul
  paula pauline pedro peter petra philip philipp pia pierre piotr priya rachel raphael raul rebecca renate ricardo
  richard rita robert roberto ronald rosa ruth ryan sabine sabrina samantha samuel sandra sara sarah sebastian sergio
  sharon silvia simon simone sofia sofie sonja sophia sophie stefan stefanie steffen stephan stephanie stephen steve
  steven susan susanne svenja sven sylvia tanja teresa theo theresa thomas tim timo tobias tom tomasz tony torsten ulrich
  ulrike uta ute uwe valentina vanessa vera veronica victor victoria vincent vladimir walter werner william wolfgang
  xavier yasmin yves yvonne zoe
  `
    .trim()
    .split(/\s+/),
);
