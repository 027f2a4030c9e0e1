"""Words that the name finder knows: what is no name although it is capitalised, and what is one without a roster."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GIVEN = _set("""
aaron abigail adam adriana agnes ahmed aisha alan alejandro alex alexander alexandra alfred ali alice alicia alison
allison amanda amber amelia amir amy ana andre andrea andrew andy angela angelina anita ann anna anne annie anthony
antonio ariana arjun arthur ashley audrey barbara beatrice ben benjamin bernard beth betty beverly bianca bob bonnie
brandon brenda brian brianna bruce bryan caleb calvin cameron camila carl carla carlos carmen carol caroline carolyn
catherine cathy cecilia charlene charles charlotte chen cheryl chloe christian christina christine christopher cindy
claire clara claudia colleen connie connor craig cristina crystal curtis cynthia daniel daniela danielle danny darlene
darren david deborah debra denise dennis derek diana diane diego dmitri dolores dominic donald donna doris dorothy
douglas dylan eddie edgar eduardo edward edwin eileen elaine eleanor elena eli elijah elizabeth ella ellen emilia
emily emma eric erica erik erin ernest esther ethan eugene eva evan evelyn fatima felicia felix fernando fiona
florence frances francis francisco frank fred frederick gabriel gabriela gail gary gavin geoffrey george gerald
geraldine gina giovanni gladys glenn gloria gordon greg gregory guadalupe gwen hannah harold harriet harry hassan
hazel heather hector heidi helen henry herbert holly howard hugo ian ibrahim ingrid irene isaac isabel isabella ivan
jack jackie jackson jacob jacqueline jaime jake jamal james jamie jane janet janice jared jasmine jason javier jay
jean jeanne jeff jeffrey jennifer jenny jeremy jerome jerry jesse jessica jesus jill jim jimmy joan joann joanna
joanne joe joel johanna john johnny jon jonathan jordan jorge jose joseph josephine joshua joyce juan juanita judith
judy julia julian julie june justin karen karl kate katherine kathleen kathryn kathy katie kayla keith kelly ken
kenneth kevin khalid kim kimberly kristen kristin kyle lakshmi larry latoya laura lauren laurie lawrence leah leo leon
leonard leonardo leroy leslie lewis liam lillian lily linda lisa lois lori lorraine louis louise lucas lucia lucy luis
luke luz lydia lynn mabel madison malik manuel marc marcia marco marcus margaret margarita maria mariam marie marilyn
mario marion marjorie marlene marsha martha martin marvin mary mason mateo matthew maureen maurice max maya megan
mehmet mei melanie melissa michael michele michelle miguel mike mildred mohammad mohammed monica morgan muhammad nadia
nancy naomi natalie natasha nathan nathaniel neil nicholas nicole nina noah noel nora norma norman olga oliver olivia
omar oscar owen pamela patricia patrick paul paula pauline pedro peggy penelope peter philip phillip phyllis priscilla
priya rachel rafael rajesh ralph ramon ramona randy raul ravi raymond rebecca regina reginald renee ricardo richard
rick ricky rita robert roberta roberto robin rodney roger roland ronald rosa rosalie rosemary ross roxanne roy ruben
ruby russell ruth ryan sabrina sally sam samantha samuel sandra sanjay sara sarah scott sean sebastian sergei sergio
shannon sharon shawn sheila shelly sherry shirley silvia simon sofia sonia sophia sophie stacy stanley stella
stephanie stephen steve steven stewart stuart sue susan suzanne sylvia tamara tammy tanya tara teresa terrence terry
thelma theodore theresa thomas tiffany tim timothy tina todd tom tommy toni tony tracy travis tyler tyrone valerie
vanessa vera vernon veronica vicki victor victoria vijay vincent viola violet virginia vivian wade walter wanda warren
wayne wendy wesley wilhelm willie wilma xavier yolanda yuki yusuf yvette yvonne zachary zoe
""")

AMBIGUOUS = _set("""
art baker banks bell bill bishop black bloom booth brook brown burns butcher carter chase church cook cooper cross
daisy dawn day dean dove drew drive early faith field fields fisher ford forest fox frank frost gene gold good grace
grant gray green hall harper hill holiday hope hunt hunter ivy iris jade joy king knight lake lane law little long
love marsh mark mason may miles mills moon north page park parker pat pearl penny pope porter potter price rain ray
read reed rice rich rivers rob robin rock rose sage shepherd sky small snow star stone storm strong summer sunny
taylor turner wade walker wall ward waters weaver webb weeks wells west white wild will winters wise wolf wood woods
young
""")
"""Words that are names as well: their place decides."""

FORMAL = _set("dr drs doctor mr mrs ms miss mister prof professor mme rev hon")
"""A name follows these whatever it looks like."""

SOFT = _set("""
patient patients pt pts nurse wife husband daughter son mother father mom dad brother sister spouse partner caregiver
caretaker guardian aunt uncle niece nephew grandmother grandfather receptionist scheduler pharmacist coordinator
assistant colleague manager rep representative navigator biller administrator physician prescriber provider attending
resident named name contact spokesperson counsel attorney neighbor friend
""")
"""A capitalised word after these is a name."""

CUES = _set("""
with by from met saw called told asked cc and thanked visited emailed phoned texted reached contacted per attn via re
dear hi hello spoke w/ for to see seeing meet meeting paged messaged introduced greeted
""")

VERBS = _set("""
is was has had said says asks asked wants wanted will would can could may might mentioned mentions called calls told
tells thinks thought feels felt reports reported prefers preferred agreed agrees requested requests noted notes needs
needed likes liked started starts stopped stops went came comes lives works worked prescribes prescribed switched
expressed expects expected complained complains declined refused confirmed plans planned saw sees sent sends uses used
knows does did also who and raised shared brought gave left moved promised suggested wondered writes wrote seemed
seems remains remained pointed explained described believes lost takes took tried tries received gets got
""")

PARTICLES = _set("de da del della di du la le van von der den ter bin ibn al el san st mac mc y dos das")

CREDENTIALS = _set("md do np rn pharmd phd dnp fnp aprn mbbs dpm dds lpn msn crnp facp pa-c arnp bsn")

ORGANISATIONS = _set("""
hospital clinic clinics health healthcare medical medicine center centre centers pharmacy pharmacies insurance plan
plans group associates university institute foundation college school department dept system systems network partners
care services society association laboratory laboratories labs therapeutics pharmaceuticals pharma biosciences inc llc
corp company specialists practice office offices hospice infirmary medicare medicaid advantage shield cross rx program
programs hub county township valley city territory region district congress conference symposium journal registry
trial study committee council payer oncology dermatology cardiology rheumatology neurology gastroenterology pediatrics
""")

MONTHS = _set("january february march april may june july august september october november december")

BEGINNINGS = ("re", "un", "non", "pre", "post", "over", "under", "out", "mis", "multi", "inter", "dis")
"""Before a common word these make another one."""

SHAPES = tuple(
    sorted(
        _set("""
tion sion ment ness ology ologist ologists itis osis emia pathy ectomy oscopy mab nib tinib ciclib gliptin gliflozin
glutide statin sartan prazole olol dipine cillin mycin oxacin parin xaban lukast setron triptan zumab ximab cept limus
ability ically fully ously iously ized izing ating ations ments able ible less
""")
    )
)
"""Endings of words that are no names."""

COMMON = _set("""
a able about above accept access accord account accurate across act action active activity actual acute add addition
additional address adequate adherence adjust administer admission admit adopt adult advance adverse advice advise
affect afford afternoon after again against age agenda agent agree ahead aid aim alert all allergy allow almost alone
along already also alternative although always am ambulatory among amount an analysis and annual another answer any
anyone anything anyway apart apologize appeal appear apply appoint appointment appreciate approach appropriate
approval approve april are area argue arm around arrange arrive article as aside ask aspect assess assist associate
assume at attach attempt attend attention attitude august authorization authorize auth autumn available average aware
away awful baby back bad balance barrier base baseline basic be because become bed been before begin behind being
believe below benefit best better between beyond big bill billing biologic biopsy bit black block blood blue board
body book booth both bottle bottom branch brand breach break breakfast brief bring broad brochure brother budget build
bulk burden business busy but buy by calendar call can cancel cancer candidate cannot capacity card care careful carry
case cash catch cause caution central certain chair challenge chance change channel chapter charge chart chat cheap
check chief child children chronic circle citizen claim class clean clear clearly clerk click clinical clinician close
closing coach code cohort coinsurance cold collect combination combine come comfort comment commercial commit common
communicate community compare comparison competitor complain complete completely complex compliance compliant
compliment concern condition conduct confer confident confirm conflict confuse consent consider consistent consult
contact contain content continue contract contrast control controlled convenience convenient conversation convert
convince cool copay copy core corner correct cost could counsel count country couple coupon course cover coverage
cream create credit criteria critical cross cure curious current currently customer cut cycle daily damage data date
day deadline deal dear death december decide decile decision decline deductible deep defer degree delay deliver
delivery demand demo demonstrate denial deny depend depth describe desk despite detail determine develop diabetes
diagnose diagnostic diary did diet difference different difficult digital dinner direct discharge discontinue discount
discuss disease dismiss dispense display distance distribute diverse do doctor document does dog done door dose dosage
double doubt down draft dramatic draw drive drop drug due duration during duty each eager ear early ease east easy eat
edge editor educate education effect efficacy efficient effort eight either electronic eligible eligibility else email
emergency employ employer empty enable encourage end endpoint engage english enjoy enough enrol enroll ensure enter
enthusiast entire entry episode equal equipment error especially establish estimate etc even evening event ever every
everyone everything evidence exact exam examine example excellent except excess exchange excite exclude exercise exist
exit expand expect expense experience expert expire explain explore export express extend extension extra extreme eye
face facility fact factor failure fail fair fairly faith fall familiar family far fast fatigue favor favorable fax
fear feature february fee feed feedback feel feet fellow female few field fifth fight figure file fill final finally
finance financial find fine finish first fit five fix flare flat flexible floor flow flu flyer focus follow follower
food foot for force forget form formal former formulary forward found four fourth frequent fresh friday friend from
front frustrate fuel full fun function fund further future gain gap gather gave general generic gentle get give given
glad global go goal gold gone good got grand grant grateful gray great green ground grow growth guarantee guess guide
guideline guy habit had half hall hallway hand handle handout handwritten happen happy hard hardly harm has hate have
he head headache health healthy hear heart heat heavy height held hello help hence her here hers hesitant hi high
highlight him himself his history hit hold holiday home honest hope hopeful hospital host hour house how however huge
human hurry hurt i idea ideal identify if ill illness immediate immediately immune impact implement important impress
improve in incentive incident include income incorrect increase indeed independent index indicate individual industry
infect inform infusion initial initially initiate inject injectable injection injury inpatient input inquire inquiry
insert inside insight insist install instead instruct insulin insurance insure insurer intake intend interest
interested interim internal international internet interview into introduce invite invoice involve is issue it item
its itself january job join joint journal journey judge july jump june just keep key kidney kind kit knew know known
lab label lack language large last late later launch law lay lead leaflet league learn least leave led left legal less
lesson let letter level liaison library life light like likely limit limited line link list listen literature little
live liver load local locate location log long look loop lose loss lot loud love low lower luck lunch lung machine
made mail main maintain maintenance major make male manage manufacturer many march mark market mass match material
maternity matter mature maximum may maybe me mean meanwhile measure mechanism median medication medicine meet meeting
member mention menu mere message met method mid middle midday might mild milestone mind mine minimum minor minute miss
missing mistake mix mixed mobile model moderate modern modify moment monday money monitor month monthly more moreover
morning most mostly mother motivate move much multiple must mutual my naive name narrow national natural nature nausea
near nearly necessary neck need negative neither nervous net network neutral never nevertheless new newborn newly news
newsletter next nice night nine no nobody noise none noon nor normal north not note nothing notice notify november now
number numerous nurse object objection observe obtain obvious occasion occur october of off offer office officer often
oh ok okay old older on once one ongoing online only onset open operate operation opinion opportunity oppose opt
option or oral order organize origin original other others otherwise ought our out outcome outline outpatient outreach
outside outstanding over overall overcome overdue overnight overview owe own oxygen pace pack package packet page paid
pain painful panel paper paperwork parent park parking part partial participate particular partner party pass past
patient pattern pause pay payment peak peer pen pend pending people per percent perfect perform perhaps period
permission permit person personal pharmacist pharmacy phase phone photo physical physician pick picture pill pilot
place plan plaque play please plenty plus pocket point policy poor popular population portal portfolio portion
position positive possible possibly post potential potent pound practice practitioner pre precise prefer preference
pregnant preliminary prepare prescribe prescriber prescription present presentation pressure pretty prevent previous
previously price primary principal print prior priority private probably problem procedure proceed process produce
product professional profile program progress project prolong promise promote prompt proof proper properly propose
protect protocol proud prove provide provider public publication publish pull purchase purpose push put qualify
quality quantity quarter quarterly query question quick quickly quiet quit quite quote radio raise ran random range
rapid rare rarely rash rate rather ratio raw reach react read reader ready real realize really reason reasonable
reassure rebate recall receive recent recently receptive recognize recommend record recover recruit rectify red reduce
refer referral refill reflect refresh refuse regard regards regimen regional register regular regulate reimburse
reimbursement reject relapse relate relative relatively release relevant relief reluctant rely remain remark remember
remind reminder remote remove renew repeat replace reply report represent request require research reserve resolve
resource respect respond responder response rest result resume retail retain return reverse review revise revisit
reward rich right ring rise risk road role roll room rotate rough round routine row rule run rush sad safe safety said
sale sales same sample samples satisfied saturday save savings saw say schedule scheme school science scientific scope
score screen script sea search season seat second secondary section secure security see seek seem segment select self
sell send senior sensitive sent separate september series serious serum serve service session set settle seven several
severe sevenfold shape share sharp she sheet shift ship shipment short shortly shot should show shut sick side sign
signal significant silent similar simple simply since single sister site situation six size skeptical skill skin skip
slack sleep slide slight slightly slot slow slowly small smart smile smoke smooth so social sock soft solid solution
solve some somebody someone something sometimes somewhat son soon sore sorry sort sound source south space spanish
speak speaker special specialist specialty specific speed spell spend spine spoke spot spouse spread spring staff
stage stand standard star start state statement station statistic status stay steady step steps still stock stomach
stone stop store story straight strange strategy street strength stress strict strong strongly structure struggle
student study stuff subject submit subscription subsequent substitute success such sudden suffer sufficient suggest
suitable summary summer sunday super supply support sure surgery surprise survey survive suspect swell switch symptom
syndrome syringe system table tablet take talk target task taste tax teach team technical technician telephone tell
temporary ten tend term test text than thank thanks that the their them theme then theory therapy there therefore
these they thick thin thing think third thirty this those though thought thousand threat three threshold throat
through throughout thursday thus ticket tie tier tight till time timeline tiny tip tired title to tobacco today
together tolerate tolerability tomorrow tone tonight too took tool top topic topical total touch tough tour toward
track trade tradition train transfer transition translate travel treat treatment trend trial trigger trip triple
trouble true trust try tuesday turn twelve twenty twice two type typical ulcer ultimate unable uncertain unchanged
unclear under understand unfortunately unhappy uninsured unit unknown unless unlike unlikely until unusual up update
upcoming upon upper upset urgent us usage use useful user usual usually vacation vaccine valid value van variety
various vary vendor verbal verify version versus very via video view virtual virus visit visual vital voice voicemail
volume volunteer wait waiting waiver walk want warehouse warm warn was wash waste watch water way we weak wear website
wednesday week weekend weekly weigh weight welcome well went were west what whatever when whenever where whereas
wherever whether which while white who whole whom whose why wide wife will willing win window winter wish with
withdraw within without woman women wonder word work workflow workload workshop world worry worse worst worth would
wound write writing written wrong year yearly yellow yes yesterday yet you young younger your yours zero born asap aka
bid tid qid prn po iv im sq subq mg mcg ml kg hcp hcps msl kol rn np pa ehr emr hmo ppo pbm aco ivr faq fyi tbd
psoriasis arthritis asthma eczema migraine hypertension lupus colitis crohn copd obesity cholesterol hepatitis hiv
anemia dermatitis depression anxiety insomnia epilepsy stroke tumor lymphoma leukemia melanoma carcinoma fibrosis
thyroid dermatologist cardiologist neurologist oncologist rheumatologist hematologist nephrologist pulmonologist
allergist internist pediatrician surgeon therapist dietitian educator hospitalist gynecologist urologist psychiatrist
american african asian european french german italian mexican canadian chinese indian japanese hispanic latino alabama
alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa
kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada
hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania rhode island tennessee texas utah
vermont virginia washington wisconsin wyoming boston chicago dallas houston miami denver seattle atlanta phoenix
philadelphia usa fda cdc cms hipaa nih ama nccn asco covid zoom teams webex excel powerpoint outlook salesforce veeva
epic cerner walgreens cvs costco walmart optum aetna cigna humana anthem kaiser unitedhealthcare tricare bluecross
thanksgiving christmas easter ramadan hanukkah privilege privileges credentialing reschedule overbook huddle waitlist
voucher copays subspecialty intern residency fellowship rotation attending bedside walkthrough elevator lobby suite
kitchen cafeteria snack donut donuts sandwich pizza coffee tea lunchroom breakroom whiteboard signature signatory
initials stamp envelope mailbox courier fedex ups usps tracking inventory cooler fridge refrigerator temperature
expiration recalls vial vials ampule autoinjector cartridge dropper ointment gel foam lotion spray patch inhaler
nebulizer capsule biosimilar biosimilars generics branded reformulation monotherapy polypharmacy titrate titration
taper washout remission flareup comorbid comorbidity contraindication contraindicated boxed warning neutropenia
thrombocytopenia leukocyte hemoglobin creatinine platelet ultrasound radiology imaging mri ct xray echo ecg ekg bmi
bsa pasi dlqi easi acr das ldl hdl hba1c egfr alt ast crp esr tsh psa phi baa sop roi kpi crm cme cpt icd ndc npi
hcpcs jcode j-code eob epa eprior lob pcp obgyn ent icu er ed asc snf ltc vip ceo cfo cmo vp dir sr jr ii iii phd mba
bcbs uhc honestly frankly personally basically essentially obviously hopefully thankfully apparently evidently
presumably reportedly supposedly generally typically frequently occasionally eventually briefly casually politely
warmly firmly openly quietly mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov
dec pm est cst mst pst edt utc attempted dropped handed walked drove parked waited stood wrote typed scanned printed
mailed faxed emailed texted paged messaged pinged escalated flagged logged noted tagged closed reopened inquired
pushback skepticism rationale hesitancy reservations enthusiasm engagement rapport objections competitors competitive
landscape marketplace
""")

NO_NAME_AFTER_TITLE = _set("office visit note notes call calls and or the is was has said asked team staff")
"""Words that do follow a title, as in "Dr office"."""
