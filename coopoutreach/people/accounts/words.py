"""What passwords are made of when somebody is in a hurry. A password of these only is refused."""

#: Rows of keys, as they lie beside each other.
KEYBOARD = (
    "qwertyuiop",
    "asdfghjklñ",
    "zxcvbnm",
    "1234567890",
    "qazwsxedcrfvtgbyhn",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)

#: The federation's own world.
_CONTEXT = """
    fecrecoop corfo mesa coopoutreach cooperativa cooperativas coop coops ahorro credito socio
    socia socios federacion gerencia gerente consejo directorio charla charlas taller difusion
    plan coordinacion contraparte administracion administrador admin registro financiamiento
    fomento daes cmf sercotec chile chilena chileno santiago valparaiso concepcion temuco
"""

#: Usual passwords and the words they are made of, in Spanish and English, without accents.
_WORDS = """
    clave claves password passwords contrasena contrasenas secreto secreta secret acceso entrar
    ingreso ingresar usuario user users root system sistema login welcome bienvenido bienvenida
    hola hello mundo world prueba pruebas test testing demo demostracion ejemplo temporal temp
    cambiar cambiame cambiala changeme letmein master default invitado guest cuenta account
    oficina trabajo empresa internet computador computadora correo mail email google windows
    microsoft office facebook instagram whatsapp iphone samsung android
    amor love teamo teamomucho tequiero iloveyou corazon cielo vida mivida feliz felicidad
    familia mama papa hijo hija hijos bebe princesa princess reina angel angeles bonita hermosa
    linda lindo preciosa mariposa estrella estrellita luna sol sunshine flower flor flores rosa
    chocolate caramelo dulce galleta monkey dragon tigre tiger leon puma gato gata gatito perro
    perrito shadow killer hunter ninja batman superman spiderman pokemon naruto starwars matrix
    football futbol soccer baseball basketball barcelona realmadrid colocolo universidad
    catolica cruzados wanderers cobreloa campeon campeones gol messi alexis vidal
    jesus jesucristo dios diosesamor cristo maria jose juan pedro pablo diego carlos luis jorge
    andrea camila valentina sofia francisca fernanda daniela carolina claudia patricia marcela
    alejandro alejandra sebastian nicolas matias benjamin martin daniel david andres felipe
    gabriel rodrigo ricardo roberto eduardo fernando francisco antonio miguel manuel
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miercoles jueves viernes sabado domingo verano otono invierno primavera summer
    winter spring autumn rojo roja azul verde negro negra blanco blanca amarillo morado
    uno dos tres cuatro cinco seis siete ocho nueve diez abc abcd qwerty qwertyuiop asdf asdfgh
    zxcvbnm qazwsx trustno access computer freedom whatever mustang ferrari porsche mercedes
    toyota casa hogar
    viva vivachile mi mis tu el la los las un una de y my the
"""

CONTEXT = frozenset(_CONTEXT.split())
WORDS = frozenset(_WORDS.split())
