"""The word list of the description search: on each line the word that stands for all, then others in two languages.

Endings of plural and of the feminine are cut off before (`words.bare`), so they need not be listed. A word stands on
one line only, but for those of two words, joined by a hyphen.
"""

from __future__ import annotations

GARMENTS = """
jacket coat parka anorak windbreaker raincoat blazer overcoat manteau veste blouson imperméable ciré caban
sweater pullover jumper cardigan hoodie hoody sweatshirt fleece chandail tricot gilet molleton
shirt blouse polo chemise chemisier
tshirt tee t-shirt undershirt tank camisole
vest waistcoat sleeveless
trousers pants jeans slacks chinos joggers sweatpants leggings trackpants pantalon jogging legging survêtement
shorts bermuda culotte
dress gown robe tunic tunique sundress
skirt jupe kilt
pyjamas pajamas pyjama pajama nightgown nightdress nightshirt bathrobe housecoat jaquette peignoir
shoes sneakers trainers runners loafers footwear chaussure soulier espadrille basket
boots rubbers wellingtons wellies botte bottine
sandals flipflops crocs sandale gougoune
slippers pantoufle chausson
socks stockings chaussette bas
barefoot nu-pied
hat cap beanie toque tuque fedora bonnet casquette chapeau béret beret bandana
scarf shawl foulard écharpe châle
gloves mittens mitts gant mitaine
hood capuchon
belt suspenders ceinture bretelle
tie necktie cravate noeud
suit complet tailleur
uniform uniforme
apron tablier
swimsuit trunks bikini maillot
""".strip()

CARRIED = """
bag handbag purse tote satchel pouch sac sacoche
backpack rucksack knapsack schoolbag sac-à-dos
wallet billfold portefeuille
phone cellphone smartphone mobile cell téléphone cellulaire
tablet ipad tablette
headphones earphones earbuds earmuffs écouteur casque
umbrella parasol parapluie
cane stick canne bâton
walker rollator marchette déambulateur
book notebook magazine livre cahier revue
doll poupée
teddy plush stuffed bear peluche ourson toutou
toy figurine jouet
ball ballon balle
boat ship bateau
car truck auto camion voiture
train locomotive
blanket couverture doudou
keys keychain lanyard clé clef
watch wristwatch montre
bracelet bangle wristband
necklace pendant chain collier chaîne pendentif
ring bague anneau
earring boucle-oreille
bottle flask thermos bouteille gourde
cup mug tasse
newspaper journal
photo photograph picture image
rope string cord corde ficelle
stone rock pebble pierre caillou
coin coins penny monnaie
radio transistor
camera appareil
whistle sifflet
card carte
""".strip()

COLOURS = """
black noir noire
white blanc blanche
grey gray gris grise silver argenté charcoal
brown marron brun brune tan beige khaki camel
blue bleu navy turquoise teal denim marine azure
green vert verte olive lime
red rouge crimson scarlet burgundy bordeaux maroon
pink rose fuchsia magenta
purple violet violette mauve lilac lavender
orange rust
yellow jaune gold golden doré mustard
""".strip()

PATTERNS = """
striped stripes stripe rayé rayure
checked plaid tartan checkered carreau carreauté
flowered floral flowers fleuri fleur
dotted dots pois polka
camouflage camo
logo emblem crest écusson
torn ripped déchiré troué
wool woolen woollen laine
leather cuir
knit knitted tricoté
quilted puffy padded matelassé
fur furry fourrure
reflective fluorescent réfléchissant
""".strip()

MARKS = """
scar cicatrice stitches suture balafre
tattoo tatouage tatoué inked
birthmark envie tache-de-naissance tache port-wine
mole wart grain-de-beauté verrue
freckles freckled taches-de-rousseur
piercing pierced percé perçage stud
burn burnt brûlure
amputated missing amputé manquant
crooked bent tordu croche
limp limps boite boiter
braces appareil-dentaire broche
eyebrow brow sourcil
forehead front
cheek joue
chin menton
nose nez
ear oreille
lip mouth lèvre bouche
neck cou nape nuque
shoulder épaule
chest thorax poitrine torse
back dos
arm upperarm bras
forearm avant-bras
elbow coude
wrist poignet
hand main palm
finger fingers doigt thumb pouce knuckle
leg shin calf jambe mollet tibia
knee genou
thigh cuisse
ankle cheville
foot pied toe orteil
left gauche
right droit droite
rose
heart coeur
anchor ancre
star étoile
bird oiseau swallow hirondelle
butterfly papillon
cross croix
snake serpent
eagle aigle
dragon
skull crâne
name letters initials nom lettre initiale
""".strip()

PLACES = """
pond lake étang lac reservoir
river creek stream brook rivière ruisseau
park parc green-space
school école elementary
station depot gare dépôt
church chapel église temple parish
mall plaza shopping centre center centre-achat
store shop market grocery magasin épicerie marché dépanneur
library bibliothèque
hospital clinic hôpital clinique
bridge pont overpass
rail tracks railway voie ferrée
playground jeux
trail path sentier piste
arena rink aréna patinoire
beach shore plage rive
farm ferme barn grange
mill moulin
bakery boulangerie
harbour harbor port marina quai pier
street road avenue lane drive crescent court boulevard rue chemin route
""".strip()

PHRASES = ("sac à dos", "grain de beauté", "tache de naissance", "taches de rousseur", "port wine")
"""Words that mean another thing together than alone; each stands above joined by hyphens."""

PASSED_OVER = """
a an the and or with without in on of for from to at by is are was has have wears wearing usually always often any
some his her their its this that very old new some other one two small little big large long short
un une le la les de des du et ou avec sans dans sur pour par est son sa ses leur très vieux vieille neuf nouveau
toujours souvent petit petite grand grande en au aux porte
"""
"""Words that tell nothing: found in every description."""

# Looks, as classes that are confused with one another; the neighbours stand in `looks`.
HAIR_COLOURS = """
black noir jet dark-black
brown brunette brun marron châtain chestnut auburn hazel-hair dark foncé
blond blonde fair sandy strawberry clair doré golden light
red ginger roux rousse
grey gray gris grise silver salt pepper poivre sel greying graying
white blanc blanche
dyed coloured colored teint coloré pink blue green purple
bald chauve shaved rasé hairless bare
""".strip()
HAIR_LENGTHS = """
short court cropped crew buzz brush close brosse
medium moyen shoulder collar épaule mi-long bob
long
bald chauve shaved rasé hairless
""".strip()
HAIR_FORMS = """
straight raide lisse
wavy ondulé waves
curly curls curled frisé bouclé afro kinky crépu permed
tied ponytail braid braided braids bun queue tresse tressé chignon dreadlocks locs
""".strip()
EYE_COLOURS = """
brown brun marron dark foncé black noir
hazel noisette amber
green vert verte
blue bleu
grey gray gris grise
""".strip()
BUILDS = """
thin slight slim skinny lean slender bony frail mince maigre menu fluet frêle élancé delicate
medium average normal regular moyen moyenne ordinary
athletic muscular fit strong athlétique musclé costaud
stocky sturdy solid trapu robuste broad square
heavy overweight large big plump obese fat stout chubby round gros rond corpulent fort enveloppé
""".strip()
