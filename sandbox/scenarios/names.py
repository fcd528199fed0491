"""What are people called? Names in many scripts, each with the Latin letters that a mail address is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names and surnames that go together, with a country and a language."""

    country: str
    language: str
    given: tuple[tuple[str, str], ...]
    surnames: tuple[tuple[str, str], ...]


def _names(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a name as written and its Latin letters: `Name=latin Name=latin`."""
    pairs = (each.partition("=") for each in text.split())
    return tuple((written.replace("_", " "), latin) for written, _, latin in pairs)


#: (country, language, given names, surnames)
_TABLE = (
    (
        "DE",
        "de-DE",
        "Jürgen=juergen Käthe=kaethe Anna=anna Björn=bjoern Sören=soeren Ute=ute",
        "Müller=mueller Groß=gross Weiß=weiss Schröder=schroeder von_der_Heide=vonderheide Koch=koch",
    ),
    (
        "FR",
        "fr-FR",
        "François=francois Zoë=zoe Aurélie=aurelie Jean-Noël=jean-noel Maël=mael Léa=lea",
        "Lefèvre=lefevre D'Aubigné=d'aubigne Gérard=gerard L'Hôpital=l'hopital Noël=noel Brûlé=brule",
    ),
    (
        "IE",
        "en-IE",
        "Siobhán=siobhan Seán=sean Niamh=niamh Oisín=oisin Áine=aine Conor=conor",
        "O'Brien=o'brien O’Neill=oneill MacCárthaigh=maccarthaigh Ní_Dhomhnaill=nidhomhnaill Byrne=byrne Walsh=walsh",
    ),
    (
        "PL",
        "pl-PL",
        "Łukasz=lukasz Małgorzata=malgorzata Grażyna=grazyna Paweł=pawel Zofia=zofia Świętosław=swietoslaw",
        "Wójcik=wojcik Żółć=zolc Kwiatkowska=kwiatkowska Dąbrowski=dabrowski Łęcka=lecka Nowak=nowak",
    ),
    (
        "TR",
        "tr-TR",
        "İbrahim=ibrahim Işıl=isil Gülşen=gulsen Çağrı=cagri Ömer=omer Yiğit=yigit",
        "Yılmaz=yilmaz Şahin=sahin Öztürk=ozturk Çelik=celik Güneş=gunes Kılıç=kilic",
    ),
    (
        "VN",
        "vi-VN",
        "Thị_Hạnh=thihanh Đức=duc Ngọc_Ánh=ngocanh Quỳnh=quynh Tuấn=tuan Hữu_Phước=huuphuoc",
        "Nguyễn=nguyen Trần=tran Phạm=pham Đặng=dang Lê=le Vũ=vu",
    ),
    (
        "BG",
        "bg-BG",
        "Иван=ivan Цветелина=tsvetelina Георги=georgi Йоана=yoana Людмила=lyudmila Щерю=shteryu",
        "Петров=petrov Стоянова=stoyanova Жеков=zhekov Чолаков=cholakov Илиева=ilieva Юруков=yurukov",
    ),
    (
        "GR",
        "el-GR",
        "Γιώργος=giorgos Ελένη=eleni Νίκος=nikos Δήμητρα=dimitra Χρήστος=christos Ξένια=xenia",
        "Παπαδόπουλος=papadopoulos Οικονόμου=oikonomou Ψαράς=psaras Θεοδώρου=theodorou Κώτσης=kotsis Βλάχος=vlachos",
    ),
    (
        "EG",
        "ar-EG",
        "محمد=mohamed فاطمة=fatma ياسمين=yasmin عمر=omar خالد=khaled نور=nour",
        "المصري=elmasry عبد_الله=abdallah حسن=hassan الشريف=elsherif منصور=mansour سليمان=soliman",
    ),
    (
        "IL",
        "he-IL",
        "יוסף=yosef שירה=shira נועם=noam תמר=tamar איתי=itay רבקה=rivka",
        "כהן=cohen לוי=levi מזרחי=mizrahi פרידמן=friedman בן-דוד=ben-david שפירא=shapira",
    ),
    (
        "JP",
        "ja-JP",
        "陽子=yoko 健一=kenichi さくら=sakura 翔太=shota 美咲=misaki 大輔=daisuke",
        "佐藤=sato 鈴木=suzuki 髙橋=takahashi 渡邉=watanabe 伊藤=ito 小林=kobayashi",
    ),
    (
        "CN",
        "zh-CN",
        "伟=wei 秀英=xiuying 小龙=xiaolong 丽=li 建国=jianguo 雨桐=yutong",
        "王=wang 欧阳=ouyang 李=lee 张=zhang 刘=liu 陈=chen",
    ),
    (
        "KR",
        "ko-KR",
        "서연=seoyeon 민준=minjun 지우=jiwoo 하은=haeun 도윤=doyun 수빈=subin",
        "김=kim 이=yi 박=park 최=choi 정=jeong 남궁=namgung",
    ),
    (
        "IN",
        "hi-IN",
        "आरव=aarav प्रिया=priya अनिल=anil काव्या=kavya विक्रम=vikram सुनीता=sunita",
        "शर्मा=sharma पटेल=patel सिंह=singh गुप्ता=gupta मिश्रा=mishra चौधरी=chaudhary",
    ),
    (
        "TH",
        "th-TH",
        "สมชาย=somchai กัญญา=kanya ณัฐพล=nattapon พิมพ์=pim วิชัย=wichai อรุณ=arun",
        "ใจดี=jaidee ศรีสุข=srisuk แก้วมณี=kaewmanee วงศ์ไทย=wongthai บุญมี=boonmee ทองดี=thongdee",
    ),
    (
        "GE",
        "ka-GE",
        "ნინო=nino გიორგი=giorgi თამარ=tamar ლევან=levan ქეთევან=ketevan დავით=davit",
        "ბერიძე=beridze კაპანაძე=kapanadze წიკლაური=tsiklauri ჯაფარიძე=japaridze ღონღაძე=ghonghadze გელა=gela",
    ),
    (
        "US",
        "en-US",
        'Robert_"Bob"=robert Mary_Ann=maryann Dwayne=dwayne Renée=renee Xóchitl=xochitl D’Angelo=dangelo',
        "Smith-Jones=smith-jones Peña=pena Null=null St._John=stjohn O'Reilly_Jr.=o'reilly Washington=washington",
    ),
)

CULTURES = tuple(
    Culture(country, language, _names(given), _names(surnames)) for country, language, given, surnames in _TABLE
)
