const list = (words: string): string[] => words.trim().split(/\s+/);

/** Words of one or two letters in the eight languages, and what people write for yes, no and nothing; accents off. */
const oneOrTwoLetters = list(`
  a b c d e i j k n o s t u w y z
  ad ag ai ai ak al am an ao as at au aj ah aw
  ba be bi bo by bh bj bd bs bf
  ca cd ce ci co cu cv cy cm cc cz cb
  da db dc de di do du dj dm dr dl dz
  ed ee eg eh ei el em en er es et eu ew ex ez eo
  fa fe fi fb fc fr fy
  ga ge gb gg gm go gr gp gt gj
  ha he hi hm ho hp hr hs hu hd hh
  ia id ie if ig ii ij ik il im in io ip ir is it ir iv
  ja je jo ju jw jr jk
  ka ki km ko kg kl kk ks ku kb kw ko
  la le lg li lo lu lt lb lp ll lk
  ma mb md me mi mo mr ms mu my mg ml mm mn mw mc mt mz
  na nb nc ne ni nj nl no nr ns nu ny nt nd np nf nm
  ob oc od of og oh ok om on oo op or os ot ou ow oz oi ol oj oo
  pa pc pd pe ph pj pl pm po pp pr ps pt pb pk pq pn pv
  qc qd qi qq qu qa
  ra rd re rh ri ro rt ru rp
  sa se si sm sn so sp sr st su sy ss sw sd sb
  ta tb tc te ti tj tk to tv tu ty th tt tp td
  ud ue ui uk um un up ur us ut uw uf uh ue uz ub
  va ve vc vd vi vo vs vw vp vr vb vm vn vt vl
  we wc wg wo ww wb wa wy wz wr wi
  xd xl xo xp xs xx
  ya ye yo yt yh
  fl ky nv nh sc tn tx wv ac ap js ab kp az bu cl ch
  ze zb zo zu zn za zl zy zm zs ze`);

/** Longer ones that have no vowel, or walk along a keyboard, and yet are said. */
const longer = list(`
  thx tnx tks pls plz btw wtf tbh ngl nvm brb ttyl idk idc imho smh omg gtfo gmbh kmph mph ftw fml nsfw rly srsly
  bzw mfg vlt lgs mwst kfz lkw pkw plz usw etc str tgl zzt inkl exkl ggf evtl zzgl vllt wsl grds mglw nvt
  slt bjr bcp stp svp mdr ptdr ptn qqch qqn jms tkt tjs nrv msg rdv pcq vrmt lgtps tlm dsl cdlt
  tmb xfa porfa tqm bss nph ntp cdt pq tbm
  cmq nn tvb grz qlc qls prf msn sn
  vcs tmb blz flw pqp kkk kkkk rsrs rsrsrs bjs obg td
  mvg vgl aub svp bvb hgr gvd idd mss mn dmv tsjonge
  pzdr spk nwm cmn npz wgl mnw wlsn tzn tzw szkn pkp pks mpk pln
  hmm hmmm mhm mhmm mmm pff pfft psst pst brr grr grrr tss tsk zzz zzzz xxx www shh ssst
  html http https xml sql css gps gsm sms mms dvd usb hdmi ssd hdd cpu gpu rpg fps pdf crm mp3 vhs wlan lcd ssl vpn
  dhl dpd gls ups fbi bmw kfc hp ibm dkny nfl nhl mlb nba nhs bbc cnn hbo mtv rtl ard zdf wdr ndr tgv sncf rtbf kpn
  dhs ldl hdl jfk lsd gsk dfl dfb fsk gfk fdj tsb hsbc lgbt lgbtq bdsm ptsd adhd tdah tsp tdc tgl phd psst
  wert werte power azer rewe uber typewriter`);

/** Everything of this kind that is a word, in lower case and without accents. */
export const shortWords: ReadonlySet<string> = new Set([...oneOrTwoLetters, ...longer]);
