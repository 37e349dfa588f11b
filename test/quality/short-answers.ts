/** Short answers as people give them, written for this test, one a line, by language; and what people type to get past a field. */
export const realAnswers: Record<string, string[]> = {
  en: `n/a|N/A|none|ok|OK|k|lol|idk|idc|nope|yes|no|y|n|nothing tbh|it was fine thx|IKEA|H&M|BMW|Dr. Smith|asap pls|cheap & cheerful
hmm not sure|sooooo good|aaargh the queue|hahaha|meh|lmk when it's back|wifi too slow|UX is rubbish|the staff at check-in|Kathryn|rhythm and blues
my landlord's dog|strengths|5/10|10|24/7|no probs|btw great app|WTF|https://example.org/help|me@example.org|@verbatim|love it!!!|????|...|-
tl;dr too long|Shrewsbury|poverty|property|Worcestershire sauce|handful of things|John|Nguyen|Xbox|YouTube|Spotify|KFC|zzz boring|pfft`.split(
    /[|\n]/,
  ),
  de: `k.A.|keine|nix|passt|ja|nein|weiß nicht|mfg|lg Anna|bzw. später|z.B. Rabatte|Angstschweiß|Rechtschreibprüfung|Öffnungszeiten|super!!!|naja
DHL|Lkw|kfz|Wert|Preis|zu teuer|Kundenservice war schlecht|Strumpfhosen|Müller|Hbf|ÖPNV|Schwetzingen|Pfffft|sehr gut|tschüss|geht so|Qualität|Herbstfest|kp|vllt mehr Farben`.split(
    /[|\n]/,
  ),
  fr: `rien|RAS|oui|non|bof|mdr|ptdr|stp|slt|bcp trop cher|qqch de simple|je sais pas|jsp|l'accueil|SNCF|Aujourd'hui|œuvre|ouais|la qualité|c'était top|quelque chose|Azerbaïdjan|eau|ça va|nul|Carrefour|trop d'attente`.split(
    '|',
  ),
  es: `nada|ninguno|sí|no sé|jajaja|jejeje|xq no me gusta|tqm|ok gracias|x fa|Mercadona|bien|el precio|muy caro|izquierda|guay|Zaragoza|ns/nc|agua|atención al cliente|todo bien|q buena app|finde`.split(
    '|',
  ),
  it: `niente|boh|sì|no|cmq bene|nn so|xké costa troppo|tvb|ahahah|Esselunga|sbagliato|gli gnocchi|aiuto|prezzo|qlc volta|sconti|va bene|tutto ok|uova|spesso|psicologia`.split(
    '|',
  ),
  pt: `nada|não|sim|kkkkk|rsrs|vc é top|tb gostei|obg|blz|nd a declarar|pq é caro|Pão de Açúcar|trabalho|coração|o preço|atendimento|muito bom|n sei|qualquer|ótimo|água`.split(
    '|',
  ),
  nl: `geen|nvt|n.v.t.|ja hoor|nee|mvg|weet ik niet|moeilijk|eigenlijk niks|angstschreeuw|Albert Heijn|gezellig|beetje duur|ijs|prijs|zooi|uitgebreid|hoofdpijn|kijken|vlgs mij wel|Den Bosch|bijv. korting|nieuwsbrief`.split(
    '|',
  ),
  pl: `nic|brak|nie wiem|tak|nwm|pzdr|spoko|źle|cena|szczerze mówiąc|wszystko|Wrocław|chrząszcz|bezpieczeństwo|zł|obsługa|wstrząs|Krzysztof|PKP|ok|za drogo|dzięki|najlepszy|w porządku|źdźbło`.split(
    '|',
  ),
};

/** Typed at random, by people with two hands and a field to fill. */
export const gibberishSamples: string[] =
  `asdf|asdfgh|asdasd|qwerty|qwertz|azerty|qweqwe|zxcvbn|lkjhgf|fdsa|ghjk|dfgdfg|sdfsdf sdf|jkljkl|asdfasdf asdf
aaaaaa|xcvxcv|ffff|ssssss|.....|-----|!!!!!!|kjshdfkj|sdkjfh|lkjsdf|fghfgh|hjgjhg|dfkjghdfkg|sdfg dfgh|wertwert|q|gh|x|vx|asd|qwe
fjdkslfj|skdjfhskdjfh|ewrtwertw|vbnvbn|jhgjhgjhg|xzcxzc|hfjdhf|gfdgfd|kjhkjhkj|dsfsdfds|sdfsdgsdg|bvcbvcb|mnbmnb|tyutyu|poiuytr
12345678|0987654|a s d f g|fjfjfjfj|dkdkdk|sjsjsjs|kdkfkgk|hsjdkdn|jdjdhdb|bdjsks|wqeqwe|dgfdhg|fghdfgh fgdh|cvbcvb|uiouiouio|aoieuaoi
ajskdl|fhgjdk|zxczxc zxc|rtyrty|abcdefg|lkjlkj lkj|yxcvb|ndjfkg|blorf dink|sdghj dfs|qsdfgh|kfjghdkjf|gjhgjfhg|pqwoeiru|alskdjfh|ghjghj`.split(
    /[|\n]/,
  );
