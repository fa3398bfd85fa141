/**
 * Words of other languages by the English word that they are read as beside their own: what heads learnt of an order in one
 * language they know in all that have its words. Accents are left out where they fold. Written for this project.
 */
import { canonicalise } from '../canonical.ts';

/** The English word, then its likes: Spanish, French, German, Italian, Portuguese, Dutch, Scandinavian, Slavic, Turkish, others. */
const TONGUES = `
ignore ignora ignorad ignoren ignorar ignorez ignorer ignoriere ignorieren ignoriert ignorare ignori ignorate ignorem negeer negeren ignorera zignoruj ignoruj ignorowac игнорируи игнорировать проигнорируи ігноруи ignoruite ignorati hagyd ohita agnoise αγνοησε αγνοηστε yoksay gormezden abaikan kabaikan تجاهل تتجاهل نادیده התעלם תתעלם अनदेखा नजरअंदाज अनदेखी
forget olvida olvidad olvide olvidate oublie oubliez oublier vergiss vergesse vergessen vergesst dimentica dimenticate dimenticati esqueca esquece esqueçam vergeet vergeten glom glem zapomnij забудь забудьте забути zapomen zaboravi uita felejtsd felejts unohda ξεχασε unut unutun lupakan انس انسى انسي فراموش שכח תשכח भूल bhool
previous anterior anteriores previas previos previo previa precedentes precedente precedent precedents anterieures anterieur vorherigen vorherige vorigen bisherigen obigen fruheren vorangegangenen precedenti vorige eerdere voorgaande bovenstaande tidigare foregaende tidligere forrige poprzednie wczesniejsze powyzsze предыдущие предыдущих прежние прежних прошлые попередні predchozi predosle prethodne anterioare korabbi elozo edellisia aiemmat aiempia προηγουμενες προηγουμενα onceki sebelumnya terdahulu السابقة السابق قبلی پیشین הקודמות הקודם पिछले पिछली पिछला
instruction instrucciones instruccion indicaciones ordenes orden consignes consigne ordres anweisungen anweisung instruktionen vorgaben befehle befehl istruzioni istruzione comandi ordini instrucoes instrucao comandos ordens instructies instructie opdrachten instruktioner instruksjoner instrukser instrukcje instrukcji polecenia polecen инструкции инструкциям инструкциями указания указании команды команд інструкції вказівки instrukce pokyny instrukcie upute instrucțiunile instructiuni utasitasokat utasitast utasitasok ohjeet ohjeita οδηγιες εντολες talimatlari talimatlar talimat komutlari instruksi perintah arahan التعليمات تعليمات الأوامر أوامر دستورات دستورالعمل ההוראות הוראות निर्देशों निर्देश नियमों nirdesh
rule reglas regla normas regles regle regeln regel richtlinien vorschriften regole regola norme direttive regras regra diretrizes regels richtlijnen regler zasady zasad regul reguly правила правил правилам pravidla pravila regulile reguli szabalyokat szabalyok saannot saantoja κανονες kurallari kurallar kural aturan peraturan القواعد قواعد قوانین הכללים כללים नियम niyam
restriction restricciones limitaciones limites einschrankungen beschrankungen grenzen schranken restrizioni limitazioni limiti restricoes limitacoes beperkingen begransningar begrensninger ograniczen ograniczenia ограничении ограничения ограничениями обмежень обмеження omezeni ogranicenja restrictii korlatozasok korlatok rajoituksia rajoitukset περιορισμους περιορισμοι kisitlama kisitlamalar sinirlama batasan pembatasan القيود قيود محدودیت הגבלות מגבלות प्रतिबंध सीमा
filter filtros filtro filtres filtre filtern filtri filtrow filtry фильтры фильтров фільтри filtreler φιλτρα penyaring مرشحات فیلتر מסננים फिल्टर
show muestra muestrame mostrar ensename montre montrez montrer affiche affichez zeige zeig zeigen mostra mostrami mostrare mostre toon pokaz wyswietl покажи покажите показать выведи zobraz ukaz prikazi arata mutasd nayta δειξε δειξτε goster tunjukkan tampilkan perlihatkan اظهر أظهر اعرض نشان הצג תראה दिखाओ दिखाएं dikhao
reveal revela revele revelar divulga revelez divulgue verrate verraten enthulle offenbare rivela rivelare svela onthul verklap avsloja avslor ujawnij zdradz раскрои раскроите раскрыть розкрии prozrad otkrij dezvaluie fedd paljasta αποκαλυψε acikla ifsa ungkapkan bocorkan اكشف اكشفي افشا חשוף גלה उजागर बताओ batao
tell dime diga decir digas dites sag sagen erzahl dimmi dizer conte zeg vertel beratta fortell powiedz скажи скажите сказать расскажи скажіть rekni reci spune mondd kerro πες πειτε soyle soyleyin katakan beritahu قل أخبرني بگو אמור ספר कहो बोलो bolo
repeat repite repita repetir repete repetez wiederhole wiederholen ripeti ripetere herhaal herhalen upprepa gjenta powtorz повтори повторите повторить zopakuj ponovi repeta ismeteld toista επαναλαβε tekrarla tekrar ulangi كرر تکرار חזור दोहराओ dohrao
print imprime imprima imprimir imprimez drucke druck ausgeben stampare druk wydrukuj распечатаи напечатаи выведите vytiskni ispisi tulosta εκτυπωσε yazdir cetak اطبع چاپ הדפס छापो
write escribe escriba escribir ecris ecrivez ecrire schreibe schreib schreiben scrivi scrivere escreva escrever schrijf schrijven skriv napisz напиши напишите napis napisi scrie irj kirjoita γραψε yaz yazin tulis tuliskan اكتب بنویس כתוב लिखो likho
answer responde responda responder contesta reponds repondez repondre antworte antworten beantworte rispondi rispondere antwoord antwoorden beantwoord svara odpowiedz odpowiadaj ответь отвечаи отвечать відповідаи odpovez odpovidej odgovori raspunde valaszolj vastaa απαντησε yanitla cevapla jawab jawablah أجب اجب پاسخ ענה जवाब
secret secreto secreta secretas secretos secrete geheim geheime geheimen geheimnis segreto segreta segrete segredo hemlig hemliga hemmelig tajne tajny sekretne секрет секретные секретное секретныи таємнии tajna titkos salainen μυστικο gizli rahasia سري السرية سری مخفی סודי סוד गुप्त gupt
password contrasena clave contrasenas passwort kennwort wachtwoord losenord passord adgangskode haslo haslа пароль пароля heslo lozinka parola jelszo jelszot salasana κωδικος sifre parolayi sandi كلمة رمز סיסמה הסיסמה पासवर्ड senha
hidden ocultas ocultos oculto oculta cachees cachee caches verborgenen verborgene versteckte versteckten nascoste nascosto escondidas verborgen dolda skjulte ukryte ukrytych скрытые скрытых скрытую прихованi skryte skryta skrivene ascunse rejtett piilotetut κρυφες gizlenen tersembunyi المخفية پنهان נסתר מוסתר छिपे छुपे
system sistema systeme systemet systemu systemowy systemowe системныи системные системная системи systemove sustava sistemului rendszer jarjestelman συστηματος sistem النظام سیستم המערכת מערכת सिस्टम
prompt aufforderung systemprompt systemprompts systemnachricht prompta промпт промпта промт подсказку istem istemi istemini المطالبة الموجه پرامپت הפרומפט प्रॉम्प्ट
all todas todos todo toda toutes tous tout toute alle alles allen samtliche tutte tutti tutto allemaal alla wszystkie wszystkich wszystko все всех всем всі vsechny vsechna sve sva toate minden osszes kaikki ολες ολα ολους butun tumunu semua seluruh كل جميع همه تمام כל सभी सारे saare
without sin sans ohne senza sem zonder utan uten uden bez без fara nelkul ilman χωρις olmadan tanpa بدون دون ללא बिना bina
now ahora jetzt maintenant adesso agora teraz теперь сеичас отныне зараз nyni sada acum mostantol nyt τωρα simdi artik sekarang الآن اکنون حالا עכשיו अब
new nueva nuevas nuevo nuevos nouvelle nouvelles nouveau neue neuen neuer neues nuova nuove nuovo nova novas novo nieuwe nya nye nowe nowy nowa новые новая новыи новои нова nove noua uj uusi νεα νεες yeni baru جديد جديدة جدید חדש חדשות नया नई
only solo solamente seulement uniquement nur ausschliesslich soltanto somente apenas alleen endast kun tylko только лише pouze samo doar csak μονο sadece yalnizca hanya فقط רק केवल सिर्फ sirf
always siempre toujours immer sempre altijd alltid zawsze всегда завжди vzdy uvijek mereu mindig παντα selalu دائما همیشه תמיד हमेशा hamesha
never nunca jamas jamais niemals nooit aldrig nigdy никогда ніколи nikdy nikada niciodata soha koskaan ποτε asla jangan أبدا هرگز לעולם कभी
illegal ilegal ilegales illegale illegalen illegali nielegalne незаконные незаконное незаконного nelegalni ilegalno ilegale torvenytelen laiton παρανομο yasadisi غیرقانونی अवैध
unrestricted ilimitado irrestricto illimite unbeschrankt uneingeschrankt grenzenlos illimitato irrestrito onbeperkt obegransad nieograniczony неограниченныи неограниченная neomezeny neograničen nelimitat korlatlan rajoittamaton απεριοριστος sinirsiz فارغ
uncensored unzensiert ungefiltert ungefilterte censurado filtro ongecensureerd ongefilterd ocensurerad nieocenzurowany безцензурныи sansursuz filtresiz
pretend finge fingir simula imagina pretends imaginez imaginons faire semblant stell fingi fingere immagina finja alsof latsas udawaj wyobraz притворись представь представьте вообрази уяви predstav zamisli prefa imagineaza kepzeld kuvittele προσποιησου φαντασου hayal davran bayangkan تخيل تظاهر تصور דמיין कल्पना
role papel rol personaje personnage rolle ruolo personaggio personagem personage roll роль персонажа персонаж ролі uloga rolul szerep rooli ρολο rolu karakter peran tokoh شخصية نقش תפקיד दמות भूमिका
answer2 respuesta respuestas reponse reponses antwort antworten risposta risposte resposta respostas antwoorden odpowiedzi ответы ответа
bypass omite elude evita contourne contournez umgehe umgehen aggira ignora contorne omzeil kringga omga obejdz обоиди обоити обходи obejdi zaobidi ocoleste keruld ohita παρακαμψε atla asin lewati تجاوز עקוף बायपास
disable desactiva desactivar desactive desactivez deaktiviere deaktivieren schalte disattiva disabilita desative desativar schakel inaktivera deaktiver wylacz отключи отключить выключи вимкни vypni iskljuci dezactiveaza kapcsold sammuta απενεργοποιησε kapat nonaktifkan matikan عطل غیرفعال השבת बंद
follow sigas seguir obedezcas obedece suis suivre suivez obeis befolge befolgen folge gehorche segui seguire obbedisci siga obedeca volg gehoorzaam folj stosuj przestrzegaj следуи слушаи соблюдаи слідуи dodrzuj slusaj urmeaza kovesd tottele ακολουθησε takip ikuti patuhi اتبع أطع پیروی ציית עקוב पालन
assistant asistente assistent assistente assistenten asystent asystentem ассистент ассистентом помощник асистент asistent pomocnik asszisztens avustaja βοηθος asistan asisten مساعد دستیار עוזר सहायक
developer desarrollador desarrolladores developpeur developpeurs entwickler sviluppatore sviluppatori desenvolvedor desenvolvedores ontwikkelaar utvecklare utvikler programista deweloper разработчик разработчика розробник vyvojar programer dezvoltator fejleszto kehittaja προγραμματιστης gelistirici pengembang المطور توسعه‌دهنده מפתח डेवलपर
administrator administrador administrateur verwalter amministratore beheerder administratoren администратор администратора адміністратор spravce upravitelj yonetici مدير مدیر מנהל प्रशासक
mode modo modus modalita tryb tryby режим режиме режимі rezim modul uzemmod λειτουργια modu وضع حالت מצב मोड
text texto texte textes wortlaut testo tekst текст текста textul szoveg teksti κειμενο metin teks النص نص متن טקסט पाठ
conversation conversacion gesprach unterhaltung conversazione conversa gesprek konversation samtalen rozmowa rozmowy разговор разговора беседа розмова rozhovor razgovor conversatia beszelgetes keskustelu συνομιλια sohbet konusma percakapan obrolan المحادثة گفتگو השיחה बातचीत
begin empieza comienza commence commencez beginne anfang beginn inizia comece comeca zacznij начни начните почни zacni pocni incepe kezdd aloita ξεκινα basla mulai mulailah ابدأ شروع התחל शुरू
above arriba anterior dessus oben obige sopra acima hierboven ovan ovenfor powyzej выше вище vyse fenti ylla παραπανω yukaridaki yukarida atas أعلاه بالا למעלה ऊपर
everything todo tout alles tutto tudo allt wszystko всё всего все vse sve totul mindent kaiken segalanya شيء چیز הכל सब sab
word palabra palabras wort wortern worter parola parole palavra palavras woord woorden slowo slowa слово слова slovo rijec cuvant szo szot λεξη kelime كلمة کلمه מילה शब्द
task tarea tareas tache taches aufgabe aufgaben compito compiti tarefa tarefas taak uppgift oppgave zadanie zadania задача задачу задание завдання ukol zadatak sarcina feladat tehtava εργασια gorev tugas المهمة مهمة وظیفه משימה कार्य
message mensaje mensajes nachricht nachrichten messaggio mensagem bericht meddelande melding wiadomosc сообщение сообщения повідомлення zprava poruka mesaj uzenet viesti μηνυμα pesan الرسالة رسالة پیام הודעה संदेश
your tus sus vos votre tes deine deinen deiner deines ihre ihren tuoi vostre seu seus suas sua jouw twoje twoich swoje твои твоих ваши свои свою твою tvoje sve sinun σου senin kepada تو שלך तुम्हारे तुम्हारी apne
you usted vous sie voce jij ты вы anda kamu sen siz أنت تو אתה तुम आप aap
not nicht non nao niet inte ikke не nem alaa δεν degil tidak لا نه नहीं मत nahi
be eres seras actua actuar sois serez agis agissez bist verhalte handle sarai agisci comportati seja aja atue wees gedraag oppfør badz jestes zachowuj будь деиствуи веди ти chovej budi ponasaj fii comporta legy viselkedj kaytaydy εισαι davran jadilah bertindaklah كن تصرف باش היה बनो
`;

/** Foreign word as it is read → the English one. */
export const TONGUE_OF: ReadonlyMap<string, string> = collect();

function collect(): Map<string, string> {
  const heads = new Map<string, string>();
  for (const line of TONGUES.trim().split('\n')) {
    const [first = '', ...words] = canonicalise(line).text.toLowerCase().split(' ');
    const head = first.replace('2', '');
    for (const word of words) if (word.length > 1 && !heads.has(word)) heads.set(word, head);
  }
  return heads;
}
